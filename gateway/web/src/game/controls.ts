// Controls: turns keyboard, pointer and gamepads into steering of the player's own paddles.
import { H, type Side } from "./flight";
import { Gamepads } from "./gamepads";
import { HeldInputs } from "./held-inputs";

/** Target of the controls. Times are page times, milliseconds. */
export interface Paddles {
  steer(seat: Side, dir: number, at: number): void;
  aim(seat: Side, y: number, at: number): void;
  /** Height of a paddle now. */
  y(seat: Side): number;
}

const UP: Record<string, "letters" | "arrows"> = { KeyW: "letters", ArrowUp: "arrows" };
const DOWN: Record<string, "letters" | "arrows"> = { KeyS: "letters", ArrowDown: "arrows" };

/** A finger's way counts so much more than its length: a phone's court is small. */
const TOUCH_GAIN = 1.6;

export class Controls {
  readonly #paddles: Paddles;
  readonly #seats: readonly Side[];
  readonly #court: HTMLElement;
  readonly #zone: HTMLElement;
  readonly #targets: boolean;
  readonly #held = new HeldInputs();
  readonly #pads: Gamepads;
  #fingers = new Map<number, { seat: Side; from: number; y: number; last: number }>();
  readonly #off = new AbortController();

  /** `zone` is where fingers may drag; `targets` is false when the rules allow directions only. */
  constructor(paddles: Paddles, seats: readonly Side[], court: HTMLElement, zone: HTMLElement, targets: boolean) {
    this.#paddles = paddles;
    this.#seats = seats;
    this.#court = court;
    this.#zone = zone;
    this.#targets = targets;
    this.#pads = new Gamepads(seats);
    const { signal } = this.#off;
    addEventListener("keydown", (e) => this.#press(e), { signal });
    addEventListener("keyup", (e) => this.#release(e.code, e.timeStamp), { signal, capture: true });
    // From here on releases may go to somebody else.
    for (const kind of ["blur", "pagehide"]) addEventListener(kind, () => this.#still(), { signal });
    document.addEventListener("visibilitychange", () => this.#still(), { signal });
    // A menu keeps the releases of keys to itself; a finger that rests long enough to ask for one goes on dragging.
    addEventListener("contextmenu", () => this.#stopAll(this.#held.clear()), { signal });
    zone.addEventListener("pointerdown", (e) => this.#down(e), { signal });
    zone.addEventListener("pointermove", (e) => this.#move(e), { signal });
    for (const kind of ["pointerup", "pointercancel", "lostpointercapture"] as const) {
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

  /** Presses are chosen: not those of shortcuts, of fields, or behind a dialog. Releases never are. */
  #press(event: KeyboardEvent): void {
    // While Meta is held a Mac tells of no release.
    if (event.metaKey) return this.#still();
    const keys = UP[event.code] ?? DOWN[event.code];
    if (!keys || event.ctrlKey || event.altKey) return;
    if (event.target instanceof Element && event.target.closest("input, textarea, select")) return;
    if (document.querySelector("dialog[open]")) return;
    event.preventDefault();
    if (event.repeat) return;
    const seat = this.#seatOf(keys);
    if (seat === undefined) return;
    this.#held.press(event.code, seat, UP[event.code] ? -1 : 1);
    this.#steer(seat, event.timeStamp);
  }

  #release(source: string, at: number): void {
    const seat = this.#held.release(source);
    if (seat !== undefined) this.#steer(seat, at);
  }

  #steer(seat: Side, at: number): void {
    this.#paddles.steer(seat, this.#held.dir(seat), at);
  }

  /** Lets go of everything. */
  #still(): void {
    const fingers = this.#targets ? [] : [...this.#fingers.values()].map(({ seat }) => seat);
    this.#fingers.clear();
    this.#stopAll([...this.#held.clear(), ...fingers]);
  }

  #stopAll(seats: readonly Side[]): void {
    for (const seat of new Set(seats)) this.#steer(seat, performance.now());
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
      if (this.#targets && this.#seats.length === 1 && !this.#held.any && (event.movementX || event.movementY)) {
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
    if (!this.#targets) this.#paddles.steer(finger.seat, this.#held.dir(finger.seat), event.timeStamp);
  }

  /** To be called once a drawn frame. */
  poll(now: number): void {
    const shut = document.querySelector("dialog[open]") !== null;
    // A release behind a dialog may go unnoticed.
    if (shut && (this.#held.any || this.#fingers.size)) this.#still();
    for (const { source, seat, dir } of this.#pads.poll(navigator.getGamepads?.() ?? [])) {
      if (!dir) this.#release(source, now);
      else if (!shut) {
        this.#held.press(source, seat, dir);
        this.#steer(seat, now);
      }
    }
  }
}
