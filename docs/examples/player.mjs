// A complete player of Matchpoint. docs/protocol.md explains each step.
//
//   node player.mjs http://127.0.0.1:8000            against a bot
//   node player.mjs http://127.0.0.1:8000 create     in a room of its own; prints the room's code
//   node player.mjs http://127.0.0.1:8000 ABC234     in the room with this code
//
// Needs `npm install` here, and the contract's descriptors: proto/image.binpb (or `buf build proto -o image.binpb`).
import { readFileSync } from "node:fs";
import { createFileRegistry, fromBinary, fromJson, toBinary, toJson } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { connection, socketsOf, ticketFor } from "./entry.mjs";
import { H, R, ballAt, bounce, paddleAt } from "./rules.mjs";

const image = readFileSync(new URL("../../proto/image.binpb", import.meta.url));
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, image));
const ClientMessage = registry.getMessage("matchpoint.v1.ClientMessage");
const ServerMessage = registry.getMessage("matchpoint.v1.ServerMessage");
const SIDES = ["SIDE_LEFT", "SIDE_RIGHT"];
const EVERYTHING = { registry, alwaysEmitImplicit: true };

class Player {
  side = 0;
  half = 7_500;
  seq = 0;
  offsets = [];
  clock = { epoch: 0, matchT: 0, serverMs: 0, rate: 0 };
  flight;
  result;
  seen;
  /** The own paddle's last segment, as the server says; and own inputs that it has not answered. */
  told = { t: 0, y: H / 2, dir: 0 };
  pending = [];
  guess = { t0: -1 };
  returned = 0;
  overruled = 0;

  /** Match time now. */
  t() {
    const offset = this.offsets[0]?.offset ?? 0;
    const since = Math.max(0, performance.now() + offset - this.clock.serverMs);
    return this.clock.matchT + Math.floor(since * 1000 * this.clock.rate);
  }

  /** The own paddle at t: the server's word, and the inputs that it has not answered played on it. */
  paddle(t) {
    let move = this.told;
    for (const input of this.pending) {
      const at = Math.max(input.t, move.t);
      if (input.t <= t) move = { t: at, y: paddleAt(move, at, this.half), target: input.target };
    }
    return paddleAt(move, t, this.half);
  }

  /** A flight begins: go back to the middle, or to where it will arrive; the paddle's edge makes steep returns. */
  fly(flight) {
    this.flight = flight;
    const comes = flight.vx > 0 === (this.side === 1);
    const spread = (this.half + R) * 1.25;
    const y = comes ? ballAt(flight, flight.t1).y + (Math.random() * 2 - 1) * spread : H / 2;
    const target = Math.round(Math.max(this.half, Math.min(H - this.half, y)));
    this.pending.push({ seq: ++this.seq, t: this.t(), target });
    this.say({ inputs: [{ seat: this.side, seq: this.seq, t: this.pending.at(-1).t, pong: { target } }] });
    this.watchOwnPlane();
  }

  /** When the ball is at the own plane: say so, and launch the own return at once. */
  watchOwnPlane() {
    clearTimeout(this.crossing);
    const v = this.flight;
    if (!v || v.vx > 0 !== (this.side === 1) || v.t1 === this.guess.t0 || !this.clock.rate) return;
    const wait = this.clock.serverMs - performance.now() - (this.offsets[0]?.offset ?? 0) + (v.t1 - this.clock.matchT) / 1000;
    if (this.t() < v.t1) {
      this.crossing = setTimeout(() => this.watchOwnPlane(), Math.max(1, Math.ceil(wait)));
      return;
    }
    this.say({ marks: [{ seat: this.side, t: v.t1 }] });
    const off = ballAt(v, v.t1).y - this.paddle(v.t1);
    const reach = this.half + R;
    this.guess = Math.abs(off) <= reach ? bounce(v, off, reach) : { t0: v.t1 };
    if (this.guess.s) this.fly(this.guess);
  }

  see(frame) {
    this.seen = { topic: 1, after: { epoch: frame.epoch, seq: frame.seq } };
    if (frame.snapshot) {
      const { card, clock, pong, lastInputs, result } = frame.snapshot;
      Object.assign(this, { half: card.ruleset.paddleHalfHeight, clock, flight: pong.volley, pending: [], result });
      this.seq = Math.max(this.seq, lastInputs[this.side]);
      this.told = pong.paddles.findLast((move) => move.side === SIDES[this.side]);
    }
    for (const { clock, volley, paddleMove, goal, result } of frame.events) {
      if (clock) {
        Object.assign(this, { clock, pending: [] });
        if (clock.rate) this.fly(this.flight);
      } else if (volley) {
        const same = (other) => Object.keys(volley).every((key) => volley[key] === other[key]);
        if (volley.t0 === this.guess.t0) {
          this.returned++;
          if (!same(this.guess)) this.overruled++;
        }
        if (!same(this.flight)) this.fly(volley);
      } else if (paddleMove?.side === SIDES[this.side]) {
        this.told = paddleMove;
        this.pending = this.pending.filter((input) => input.seq > paddleMove.inputSeq);
      } else if (goal) console.log(`${goal.left}:${goal.right}`);
      else if (result) this.result = result;
    }
  }

  hear(data) {
    const { joined, frame, pong, refusal } = toJson(ServerMessage, fromBinary(ServerMessage, new Uint8Array(data)), EVERYTHING);
    if (joined) {
      this.side = joined.seats[0];
      // At least five times a second: silence is taken for absence. Each asks for the clock, too.
      this.beat = setInterval(() => this.say({ ping: { t0: performance.now() } }), 200);
      this.say({ ping: { t0: performance.now() } });
    } else if (frame) this.see(frame);
    else if (pong) {
      const t3 = performance.now();
      const measured = { rtt: t3 - pong.t0 - pong.t2 + pong.t1, offset: (pong.t1 - pong.t0 + pong.t2 - t3) / 2 };
      this.offsets = [...this.offsets, measured].sort((a, b) => a.rtt - b.rtt).slice(0, 3);
    } else if (refusal) throw new Error(refusal.sentence);
  }

  say(seat) {
    if (this.socket.readyState === WebSocket.OPEN) this.send({ seat: { clockEpoch: this.clock.epoch, ...seat } });
  }

  send(message) {
    this.socket.send(toBinary(ClientMessage, fromJson(ClientMessage, message, { registry })));
  }

  /** Plays until the result is there; comes back when the connection breaks. */
  async play(url, ticket) {
    const hello = (socket) => {
      this.socket = socket;
      this.send({ hello: { ticket, protocol: 1, ...(this.seen && { follow: [this.seen] }) } });
    };
    while (await connection(`${socketsOf(url)}/ws/play`, "matchpoint.v1", hello, (data) => this.hear(data))) clearInterval(this.beat);
    clearInterval(this.beat);
    clearTimeout(this.crossing);
  }
}

const [url, code] = process.argv.slice(2);
const player = new Player();
await player.play(url, await ticketFor(url, code));
const { left, right } = player.result;
console.log(`over ${left}:${right}, ${player.returned} returned, ${player.overruled} of them overruled`);
