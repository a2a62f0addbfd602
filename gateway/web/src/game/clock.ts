// Two clocks. `ServerClock` maps this page's clock to the server's monotonic one; `MatchClock` maps that to match time.
import { type Clock, ClockCause } from "../../gen/matchpoint/v1/frames_pb";

/** Maximum speed of a correction, as a share of elapsed time: a step would be visible. */
const SLEW = 0.01;
/** Pings that are remembered: 30 s of them. */
const KEPT = 15;

/** NTP over the input path. All times in milliseconds; page times are `performance.now()`. */
export class ServerClock {
  #samples: { rtt: number; offset: number }[] = [];
  #target: number | undefined;
  #offset: number | undefined;
  #moved = 0;
  /** Only frames so far: the smallest delay seen stands for none. */
  #floor = -Infinity;
  #since = Infinity;

  /** True once the server's time can be told at all. */
  get set(): boolean {
    return this.#offset !== undefined;
  }

  /** Smallest round trip that is remembered, milliseconds; 0 before the first pong. */
  get rtt(): number {
    return this.#samples.length ? Math.min(...this.#samples.map((s) => s.rtt)) : 0;
  }

  /** The answer to a ping: sent t0 and arrived t3 by this page, in at t1 and out at t2 by the server. */
  pong(t0: number, t1: number, t2: number, t3: number): void {
    const rtt = t3 - t0 - (t2 - t1);
    if (!(rtt >= 0)) return;
    this.#samples.push({ rtt, offset: (t1 - t0 + (t2 - t3)) / 2 });
    if (this.#samples.length > KEPT) this.#samples.shift();
    const best = [...this.#samples].sort((a, b) => a.rtt - b.rtt).slice(0, 3);
    const first = this.#samples.length <= 3;
    this.#aim(best.reduce((sum, s) => sum + s.offset, 0) / best.length, t3, first);
  }

  /** A frame that the server made at `sent` arrived at `arrived`: all a spectator has. */
  frame(sent: number, arrived: number): void {
    if (this.#samples.length) return;
    if (sent - arrived <= this.#floor) return;
    if (this.#floor === -Infinity) this.#since = arrived;
    this.#floor = sent - arrived;
    // The first frame may be a snapshot that was made a while ago.
    this.#aim(this.#floor, arrived, arrived - this.#since < 3000);
  }

  /** Forgets all samples, for a connection to another or a restarted server. */
  reset(): void {
    this.#samples = [];
    this.#target = this.#offset = undefined;
    this.#floor = -Infinity;
  }

  /** The server's clock at page time `at`. */
  at(at: number): number {
    if (this.#offset === undefined || this.#target === undefined) return at;
    const passed = at - this.#moved;
    if (passed <= 0) return at + this.#offset;
    const gap = this.#target - this.#offset;
    return at + this.#offset + Math.sign(gap) * Math.min(Math.abs(gap), passed * SLEW);
  }

  #aim(target: number, now: number, jump: boolean): void {
    const slewed = this.#offset === undefined ? target : this.at(now) - now;
    // Past 250 ms off, a slew would take half a minute: the machine slept.
    this.#offset = jump || Math.abs(target - slewed) > 250 ? target : slewed;
    this.#target = target;
    this.#moved = now;
  }
}

/** Match time in microseconds, piecewise affine in the server's time. Keeps what a delayed viewer still needs. */
export class MatchClock {
  #clocks: Clock[] = [];

  /** The newest clock. */
  get latest(): Clock | undefined {
    return this.#clocks.at(-1);
  }

  /** Number of the newest clock; inputs are dated in it. */
  get epoch(): number {
    return this.latest?.epoch ?? 0;
  }

  /** Adds a clock; an older one than the newest is dropped. */
  add(clock: Clock): void {
    if (this.latest && clock.epoch < this.latest.epoch) return;
    if (this.latest?.epoch === clock.epoch) this.#clocks.pop();
    this.#clocks.push(clock);
    if (this.#clocks.length > 6) this.#clocks.shift();
  }

  /** Forgets all but the newest. */
  clear(): void {
    this.#clocks = [];
  }

  /** Match time, microseconds (not whole), at the server's time `ms`. */
  at(ms: number): number {
    let clock: Clock | undefined;
    for (let i = this.#clocks.length - 1; i >= 0; i--) {
      clock = this.#clocks[i]!;
      if (clock.serverMs <= ms) break;
    }
    if (!clock) return 0;
    // After the end it runs on: the last ball still has to be seen leaving.
    const runs = clock.rate || clock.cause === ClockCause.END;
    return clock.matchT + (runs ? Math.max(0, ms - clock.serverMs) * 1000 : 0);
  }

  /** Server's time, milliseconds, at which the newest clock shows `t`; infinite while it stands still before it. */
  when(t: number): number {
    const clock = this.latest;
    if (!clock) return Infinity;
    if (t <= clock.matchT) return clock.serverMs;
    return clock.rate ? clock.serverMs + (t - clock.matchT) / 1000 : Infinity;
  }

  /** Milliseconds until it runs, while a countdown is on; otherwise 0. */
  countdown(ms: number): number {
    const clock = this.latest;
    return clock?.rate ? Math.max(0, clock.serverMs - ms) : 0;
  }

  /** It runs now. */
  running(ms: number): boolean {
    const clock = this.latest;
    return !!clock?.rate && ms >= clock.serverMs;
  }

  /** The match has not begun. */
  get waiting(): boolean {
    return this.latest?.cause === ClockCause.WAITING;
  }
}
