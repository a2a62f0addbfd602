// Held keys and gamepad buttons of each seat. Pure: the controls report presses, and steer by the result.
import type { Side } from "./flight";

interface Holding {
  source: string;
  seat: Side;
  dir: number;
}

/** For each seat, what was pressed last and is still held decides. */
export class HeldInputs {
  #holding: Holding[] = [];

  get any(): boolean {
    return this.#holding.length > 0;
  }

  press(source: string, seat: Side, dir: number): void {
    this.release(source);
    this.#holding.push({ source, seat, dir });
  }

  /** Returns the seat that it was held for, if it was. */
  release(source: string): Side | undefined {
    const seat = this.#holding.find((held) => held.source === source)?.seat;
    this.#holding = this.#holding.filter((held) => held.source !== source);
    return seat;
  }

  /** Releases everything. Returns the seats for which something was held. */
  clear(): Side[] {
    const seats = [...new Set(this.#holding.map(({ seat }) => seat))];
    this.#holding = [];
    return seats;
  }

  /** -1 up, 1 down, 0 still. */
  dir(seat: Side): number {
    return this.#holding.findLast((held) => held.seat === seat)?.dir ?? 0;
  }
}
