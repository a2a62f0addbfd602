// Plays matches from their inputs and prints their event logs as canonical lines, for the comparison with Python.
// It is no part of the page: tests/gameserver/domain/pong/simulate.mjs runs it under node.
import { Pong, type PongEvent, type Rules, type Side, stateHash } from "./pong";

/** A match: its inputs are [side, te, direction or target, value, seq], in the order of te. */
export interface Vector {
  /** A secret is written in hexadecimal digits. */
  seed: number | string;
  rules: Rules;
  inputs: [Side, number, "d" | "t", number, number][];
}

export function line(e: PongEvent): string {
  switch (e.kind) {
    case "volley":
      return `V ${e.t0} ${e.x0} ${e.y0} ${e.vx} ${e.vy} ${e.s} ${e.t1}`;
    case "paddle":
      return `P ${e.side} ${e.t} ${e.y} ${e.dir} ${e.target} ${e.inputSeq}`;
    case "miss":
      return `M ${e.side} ${e.tGoal}`;
    case "goal":
      return `G ${e.t} ${e.left} ${e.right} ${e.scorer} ${e.rallyHits}`;
  }
}

/** The log of a match: its events, a state hash after each goal (restored on the way), the winner. */
export function simulate(vector: Vector): string[] {
  const seed =
    typeof vector.seed === "number"
      ? vector.seed
      : Uint8Array.from(vector.seed.match(/../g) ?? [], (b) => parseInt(b, 16));
  let game = new Pong(vector.rules, seed);
  const log = [line({ kind: "volley", ...game.volley })];
  let at = 0;
  while (game.due) {
    for (let next = vector.inputs[at]; next && next[1] <= game.due.t; next = vector.inputs[++at]) {
      const [side, te, kind, value, seq] = next;
      const move = game.admit(side, kind === "d" ? { dir: value } : { target: value }, te, seq);
      if (move) log.push(line({ kind: "paddle", ...move }));
    }
    const events = game.decide();
    log.push(...events.map(line));
    if (events.some((e) => e.kind === "goal")) {
      log.push(`H ${stateHash(game.snapshot())}`);
      game = Pong.restore(game.rules, game.snapshot(), seed);
    }
  }
  log.push(`E ${game.winner}`);
  return log;
}
