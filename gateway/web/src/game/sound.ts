// Small sounds, made on the spot. Browsers allow them after the first gesture only.
import { browserStorage } from "../lib/storage";

const KEY = "matchpoint.sound";

type Kind = "hit" | "wall" | "point" | "lost" | "count" | "go" | "won";

const SOUNDS: Record<
  Kind,
  [frequency: number, seconds: number, loudness: number, type: OscillatorType, slide: number][]
> = {
  hit: [[520, 0.07, 0.14, "square", 0.92]],
  wall: [[300, 0.045, 0.05, "triangle", 1]],
  point: [
    [660, 0.1, 0.12, "triangle", 1],
    [990, 0.18, 0.12, "triangle", 1],
  ],
  lost: [
    [260, 0.12, 0.12, "triangle", 0.8],
    [170, 0.22, 0.12, "triangle", 0.8],
  ],
  count: [[440, 0.07, 0.08, "sine", 1]],
  go: [[880, 0.16, 0.1, "sine", 1]],
  won: [
    [523, 0.12, 0.12, "triangle", 1],
    [659, 0.12, 0.12, "triangle", 1],
    [784, 0.12, 0.12, "triangle", 1],
    [1047, 0.3, 0.12, "triangle", 1],
  ],
};

class Sound {
  #context: AudioContext | undefined;
  #on = browserStorage.get(KEY) !== "off";

  get on(): boolean {
    return this.#on;
  }

  set on(on: boolean) {
    this.#on = on;
    browserStorage.set(KEY, on ? "on" : "off");
    if (on) this.wake();
  }

  /** To be called from a gesture. */
  wake(): void {
    if (!this.#on || typeof AudioContext === "undefined") return;
    this.#context ??= new AudioContext();
    if (this.#context.state === "suspended") void this.#context.resume().catch(() => undefined);
  }

  /** Plays a sound; `pan` from -1, left, to 1, right. */
  play(kind: Kind, pan = 0): void {
    const context = this.#context;
    if (!this.#on || context?.state !== "running") return;
    let at = context.currentTime;
    for (const [frequency, seconds, loudness, type, slide] of SOUNDS[kind]) {
      const tone = new OscillatorNode(context, { type, frequency });
      const gain = new GainNode(context, { gain: 0 });
      tone.frequency.exponentialRampToValueAtTime(frequency * slide, at + seconds);
      gain.gain.setValueAtTime(loudness, at);
      gain.gain.exponentialRampToValueAtTime(0.0001, at + seconds);
      tone
        .connect(gain)
        .connect(new StereoPannerNode(context, { pan: pan * 0.6 }))
        .connect(context.destination);
      tone.start(at);
      tone.stop(at + seconds);
      at += seconds * 0.8;
    }
  }
}

export const sound = new Sound();
