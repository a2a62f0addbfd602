// Gamepads, read once a drawn frame: they have no events. Pure: it is given what the browser says of them.
import type { Side } from "./flight";

/** A stick counts from the first of these on, as a share of its way, and until it is back at the second. */
const PRESSED = 0.45;
const RELEASED = 0.25;
/** The stick's axis, and the buttons of the cross, as the standard layout numbers them. */
const AXIS = 1;
const [UP, DOWN] = [12, 13];

/** Part of the browser's Gamepad that is read. */
export interface Pad {
  index: number;
  connected: boolean;
  axes: readonly number[];
  buttons: readonly { pressed: boolean }[];
}

/** The seat that a pad steers is to go there, or stand still. */
export interface PadMove {
  source: string;
  seat: Side;
  dir: number;
}

interface Known {
  seat: Side | undefined;
  dir: number;
  /** It was seen at rest: until then it may be a stick that hangs, or the rest of another match. */
  rested: boolean;
}

export class Gamepads {
  readonly #seats: readonly Side[];
  #known = new Map<number, Known>();

  constructor(seats: readonly Side[]) {
    this.#seats = seats;
  }

  /** Changes since the last poll. A disconnected gamepad releases its buttons. */
  poll(pads: readonly (Pad | null)[]): PadMove[] {
    const there = pads.filter((pad): pad is Pad => !!pad?.connected);
    const moves: PadMove[] = [];
    for (const [index, { seat, dir }] of this.#known) {
      if (there.some((pad) => pad.index === index)) continue;
      this.#known.delete(index);
      if (seat !== undefined && dir) moves.push({ source: `pad ${index}`, seat, dir: 0 });
    }
    there.forEach((pad, rank) => {
      const known = this.#known.get(pad.index) ?? { seat: undefined, dir: 0, rested: false };
      this.#known.set(pad.index, known);
      const dir = this.#dirOf(pad, known.dir);
      if (!dir) known.rested = true;
      if (!known.rested || dir === known.dir) return;
      known.seat ??= this.#seatFor(rank);
      known.dir = dir;
      if (known.seat !== undefined) moves.push({ source: `pad ${pad.index}`, seat: known.seat, dir });
    });
    return moves;
  }

  #dirOf(pad: Pad, before: number): number {
    const [up, down] = [!!pad.buttons[UP]?.pressed, !!pad.buttons[DOWN]?.pressed];
    if (up !== down) return up ? -1 : 1;
    const stick = pad.axes[AXIS] ?? 0;
    const way = Math.sign(stick);
    return Math.abs(stick) > (way === before ? RELEASED : PRESSED) ? way : 0;
  }

  /** Seat for a gamepad. A single player may use any of them; of two players each gets the next one that is free. */
  #seatFor(rank: number): Side | undefined {
    if (this.#seats.length === 1) return this.#seats[0];
    const taken = new Set([...this.#known.values()].map(({ seat }) => seat));
    const own = this.#seats[rank];
    return own !== undefined && !taken.has(own) ? own : this.#seats.find((seat) => !taken.has(seat));
  }
}
