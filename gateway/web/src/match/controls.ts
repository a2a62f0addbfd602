// Keyboard, pointer and gamepad, turned into what the own paddles shall do.
import { H, type Side } from "./flight";

/** What the controls act on. Times are page times, milliseconds. */
export interface Paddles {
  steer(seat: Side, dir: number, at: number): void;
  aim(seat: Side, y: number, at: number): void;
  /** Where a paddle is now. */
  y(seat: Side): number;
}

const UP: Record<string, "letters" | "arrows"> = { KeyW: "letters", ArrowUp: "arrows" };
const DOWN: Record<string, "letters" | "arrows"> = { KeyS: "letters", ArrowDown: "arrows" };

/** A finger's way counts so much more than its length: a phone's court is small. */
const TOUCH_GAIN = 1.6;
const STICK_DEAD = 0.35;

export class Controls {
  readonly #paddles: Paddles;
  readonly #seats: readonly Side[];
  readonly #court: HTMLElement;
  readonly #zone: HTMLElement;
  readonly #targets: boolean;
  #held: string[] = [];
  #fingers = new Map<number, { seat: Side; from: number; y: number; last: number }>();
  #sticks = new Map<number, number>();
  readonly #off = new AbortController();

  /** `zone` is where fingers may drag; `targets` is false when the rules allow directions only. */
  constructor(paddles: Paddles, seats: readonly Side[], court: HTMLElement, zone: HTMLElement, targets: boolean) {
    this.#paddles = paddles;
    this.#seats = seats;
    this.#court = court;
    this.#zone = zone;
    this.#targets = targets;
    const { signal } = this.#off;
    addEventListener("keydown", (e) => this.#key(e, true), { signal });
    addEventListener("keyup", (e) => this.#key(e, false), { signal });
    addEventListener("blur", () => this.#release(), { signal });
    zone.addEventListener("pointerdown", (e) => this.#down(e), { signal });
    zone.addEventListener("pointermove", (e) => this.#move(e), { signal });
    for (const kind of ["pointerup", "pointercancel"] as const) {
      zone.addEventListener(kind, (e) => this.#up(e), { signal });
    }
  }

  dispose(): void {
    this.#off.abort();
  }

  #seatOf(keys: "letters" | "arrows"): Side | undefined {
    if (this.#seats.length === 1) return this.#seats[0];
    return keys === "letters" ? 0 : 1;
  }

  #key(event: KeyboardEvent, down: boolean): void {
    const keys = UP[event.code] ?? DOWN[event.code];
    if (!keys || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof HTMLInputElement || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    if (event.repeat) return;
    this.#held = this.#held.filter((code) => code !== event.code);
    if (down) this.#held.push(event.code);
    const seat = this.#seatOf(keys);
    if (seat === undefined) return;
    // The key that was pressed last decides.
    const code = this.#held.findLast((held) => this.#seatOf((UP[held] ?? DOWN[held])!) === seat);
    this.#paddles.steer(seat, code === undefined ? 0 : UP[code] ? -1 : 1, event.timeStamp);
  }

  #release(): void {
    if (!this.#held.length) return;
    this.#held = [];
    for (const seat of this.#seats) this.#paddles.steer(seat, 0, performance.now());
  }

  #side(event: PointerEvent): Side {
    if (this.#seats.length === 1) return this.#seats[0]!;
    const box = this.#zone.getBoundingClientRect();
    return event.clientX < box.left + box.width / 2 ? 0 : 1;
  }

  #down(event: PointerEvent): void {
    if (event.target instanceof Element && event.target.closest("button, a, dialog")) return;
    if (event.pointerType === "mouse") return;
    event.preventDefault();
    this.#zone.setPointerCapture(event.pointerId);
    const seat = this.#side(event);
    this.#fingers.set(event.pointerId, { seat, from: event.clientY, y: this.#paddles.y(seat), last: event.clientY });
  }

  #move(event: PointerEvent): void {
    const court = this.#court.getBoundingClientRect();
    const unit = H / court.height;
    if (event.pointerType === "mouse") {
      if (this.#targets && this.#seats.length === 1 && !this.#held.length && (event.movementX || event.movementY)) {
        this.#paddles.aim(this.#seats[0]!, (event.clientY - court.top) * unit, event.timeStamp);
      }
      return;
    }
    const finger = this.#fingers.get(event.pointerId);
    if (!finger) return;
    if (this.#targets) {
      this.#paddles.aim(finger.seat, finger.y + (event.clientY - finger.from) * unit * TOUCH_GAIN, event.timeStamp);
    } else {
      const way = event.clientY - finger.last;
      if (Math.abs(way) < 4) return;
      finger.last = event.clientY;
      this.#paddles.steer(finger.seat, Math.sign(way), event.timeStamp);
    }
  }

  #up(event: PointerEvent): void {
    const finger = this.#fingers.get(event.pointerId);
    if (!finger) return;
    this.#fingers.delete(event.pointerId);
    if (!this.#targets) this.#paddles.steer(finger.seat, 0, event.timeStamp);
  }

  /** To be called once a drawn frame: gamepads have no events. */
  poll(now: number): void {
    const pads = navigator.getGamepads?.() ?? [];
    let player = 0;
    for (const pad of pads) {
      if (!pad?.connected) continue;
      const seat = this.#seats[player++];
      if (seat === undefined) return;
      const stick = pad.axes[1] ?? 0;
      const dir = pad.buttons[12]?.pressed ? -1 : pad.buttons[13]?.pressed ? 1 : Math.abs(stick) > STICK_DEAD ? Math.sign(stick) : 0;
      if (this.#sticks.get(pad.index) === dir) continue;
      if (dir !== 0 || this.#sticks.has(pad.index)) this.#paddles.steer(seat, dir, now);
      this.#sticks.set(pad.index, dir);
    }
  }
}
