// A complete viewer of a duel: draws it as text. docs/protocol.md, "How to draw", explains what it draws when.
//
//   node viewer.mjs http://127.0.0.1:8000                what most people watch
//   node viewer.mjs http://127.0.0.1:8000 SESSION        this session
//
// Needs nothing but Node: it speaks the JSON subprotocol. No account, no token. In JSON a field that is 0 is left out.
import { connection, post, socketsOf } from "./entry.mjs";
import { H, W, ballAt, paddleAt } from "./rules.mjs";

/** What is drawn is so much older than what was heard, milliseconds: room for the ways of the net. */
const BEHIND = 350;
const COLUMNS = 64;
const ROWS = 18;
const SIDES = ["SIDE_LEFT", "SIDE_RIGHT"];

const clockOf = ({ matchT = 0, serverMs = 0, rate = 0 }) => ({ matchT, serverMs, rate });
const volleyOf = ({ t0 = 0, x0 = 0, y0 = 0, vx = 0, vy = 0, t1 = 0 }) => ({ t0, x0, y0, vx, vy, t1 });
const moveOf = ({ t = 0, y = 0, dir = 0, target }) => ({ t, y, dir, target });
const goalOf = ({ t = 0, left = 0, right = 0 }) => ({ t, left, right });

/** What is known of the match, and what of it can be seen at a moment. */
class View {
  offset = -Infinity;
  horizon = 0;
  shown = 0;
  clocks = [];
  flights = [];
  goals = [];
  tracks = [[], []];
  result;
  seen;

  /** Takes a frame. The one that was quickest of all says how far the server's clock is from the own one. */
  see({ epoch = 0, seq = 0, serverMs = 0, horizonT = 0, events = [], snapshot }) {
    this.offset = Math.max(this.offset, serverMs - performance.now());
    this.seen = { topic: 1, after: { epoch, seq } };
    this.horizon = horizonT;
    if (snapshot) {
      const { card, clock, pong, result } = snapshot;
      this.half = card.ruleset.paddleHalfHeight;
      Object.assign(this, { shown: 0, clocks: [clockOf(clock)], flights: [volleyOf(pong.volley)], goals: [goalOf({ ...pong, t: 0 })], result });
      this.tracks = SIDES.map((side) => pong.paddles.filter((move) => move.side === side).map(moveOf));
      return;
    }
    for (const { clock, volley, paddleMove, goal, result } of events) {
      if (clock) this.clocks = [...this.clocks.slice(-3), clockOf(clock)];
      else if (volley) this.flights = [...this.flights.slice(-3), volleyOf(volley)];
      else if (paddleMove) {
        const side = SIDES.indexOf(paddleMove.side);
        const move = moveOf(paddleMove);
        this.tracks[side] = [...this.tracks[side].slice(-64).filter((before) => before.t < move.t), move];
      } else if (goal) this.goals.push(goalOf(goal));
      else if (result) this.result = result;
    }
  }

  /** The match time to draw: a while ago, by the clock of then; never back, never beyond what is decided. */
  t() {
    const serverMs = performance.now() + this.offset - BEHIND;
    const clock = this.clocks.findLast((known) => known.serverMs <= serverMs) ?? this.clocks[0];
    const t = clock.matchT + Math.floor(Math.max(0, serverMs - clock.serverMs) * 1000 * clock.rate);
    this.shown = Math.max(this.shown, this.result ? t : Math.min(t, this.horizon));
    return this.shown;
  }

  /** The score at t. */
  score(t) {
    return this.goals.findLast((goal) => goal.t <= t);
  }

  get ended() {
    return this.result && this.shown >= this.goals.at(-1).t;
  }

  /** The court at t: paddles, ball, score. */
  picture(t) {
    const rows = Array.from({ length: ROWS }, () => Array(COLUMNS).fill(" "));
    // A serve is shown once the goal before it was.
    const served = (flight) => flight.x0 === W / 2 && this.goals.at(-1).t <= t;
    const flight = this.flights.findLast((known, i) => i === 0 || known.t0 <= t || served(known));
    for (const [side, column] of [[0, 1], [1, COLUMNS - 2]]) {
      const move = this.tracks[side].findLast((known) => known.t <= t) ?? this.tracks[side][0];
      const y = paddleAt(move, Math.max(t, move.t), this.half);
      const first = Math.floor(((y - this.half) * ROWS) / H);
      const last = Math.min(ROWS - 1, Math.floor(((y + this.half) * ROWS) / H));
      for (let row = first; row <= last; row++) rows[row][column] = "|";
    }
    const ball = ballAt(flight, t);
    if (ball.x >= 0 && ball.x < W) rows[Math.floor((ball.y * ROWS) / H)][Math.floor((ball.x * COLUMNS) / W)] = "o";
    const { left, right } = this.score(t);
    return [`\x1b[H${" ".repeat(COLUMNS / 2 - 2)}${left}:${right}`, ...rows.map((row) => row.join(""))].join("\n");
  }
}

/** Hears of the match until it is over; comes back when the connection breaks. */
async function watch(view, url, sessionId) {
  const hello = (socket) =>
    socket.send(JSON.stringify({ hello: { sessionId, protocol: 1, ...(view.seen && { follow: [view.seen] }) } }));
  const heard = (data) => {
    const { frame, refusal } = JSON.parse(data);
    if (refusal) throw new Error(refusal.sentence);
    if (frame) view.see(frame);
  };
  while (await connection(`${socketsOf(url)}/ws/watch`, "matchpoint.v1.json", hello, heard));
}

const [url, session] = process.argv.slice(2);
const view = new View();
const watched = session ?? (await post(url, "DirectoryService/ListSessions", {}))[0].sessions[0].sessionId;
const drawing = setInterval(() => view.clocks.length && console.log(view.picture(view.t())), 1000 / 15);
await watch(view, url, watched);
while (!view.ended) await new Promise((resolve) => setTimeout(resolve, 50));
clearInterval(drawing);
const { left, right } = view.score(view.shown);
console.log(`over ${left}:${right}`);
