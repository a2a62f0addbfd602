// Draws a scene on a canvas: the court is 160 x 90, whatever the size of the canvas.
import { H, PLANES, R, W, ballAt, isServe, sender } from "./flight";
import type { Scene } from "./view";

interface Colours {
  court: string;
  runOff: string;
  line: string;
  ball: string;
  left: string;
  right: string;
}

interface Spark {
  x: number;
  y: number;
  vx: number;
  vy: number;
  born: number;
  colour: string;
}

const SPARK_LIFE = 420;
const still = matchMedia("(prefers-reduced-motion: reduce)");

export class Painter {
  readonly #canvas: HTMLCanvasElement;
  readonly #pen: CanvasRenderingContext2D;
  #colours: Colours;
  #sparks: Spark[] = [];
  #flash: [number, number] = [-Infinity, -Infinity];
  #goal: { side: number; at: number } = { side: 0, at: -Infinity };
  #scale = 1;
  readonly #resize: ResizeObserver;
  /** Pixel ratio that the canvas was sized for; another screen or zoom changes it without a resize. */
  #ratio = 0;
  readonly #scheme = matchMedia("(prefers-color-scheme: dark)");
  readonly #recolour = (): void => {
    this.#colours = this.#read();
  };

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    this.#pen = canvas.getContext("2d", { alpha: false })!;
    this.#colours = this.#read();
    this.#scheme.addEventListener("change", this.#recolour);
    this.#resize = new ResizeObserver(() => this.#fit());
    this.#resize.observe(canvas);
    this.#fit();
  }

  dispose(): void {
    this.#resize.disconnect();
    this.#scheme.removeEventListener("change", this.#recolour);
  }

  #read(): Colours {
    const style = getComputedStyle(this.#canvas);
    const of = (name: string): string => style.getPropertyValue(name).trim() || "#888";
    return {
      court: of("--court"),
      runOff: of("--run-off"),
      line: of("--court-line"),
      ball: of("--ball"),
      left: of("--left"),
      right: of("--right"),
    };
  }

  #fit(): void {
    this.#ratio = devicePixelRatio;
    const density = Math.min(3, this.#ratio || 1);
    const width = Math.max(1, Math.round(this.#canvas.clientWidth * density));
    const height = Math.max(1, Math.round((width * 9) / 16));
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    this.#scale = width / W;
  }

  /** A ball was met by `side` at (x, y). */
  hit(side: number, x: number, y: number, now: number): void {
    this.#flash[side] = now;
    if (still.matches) return;
    const away = side === 0 ? 1 : -1;
    for (let i = 0; i < 9; i++) {
      const turn = ((i - 4) / 4) * 1.2;
      const speed = 26_000 + ((i * 7919) % 5) * 9_000;
      this.#sparks.push({
        x,
        y,
        vx: away * Math.cos(turn) * speed,
        vy: Math.sin(turn) * speed,
        born: now,
        colour: side === 0 ? this.#colours.left : this.#colours.right,
      });
    }
    if (this.#sparks.length > 60) this.#sparks.splice(0, this.#sparks.length - 60);
  }

  /** The ball left the court on `side`. */
  goal(side: number, now: number): void {
    this.#goal = { side, at: now };
  }

  draw(scene: Scene, half: number, now: number, frozen: boolean): void {
    if (this.#ratio !== devicePixelRatio) this.#fit();
    const pen = this.#pen;
    const { court, runOff, line, ball, left, right } = this.#colours;
    const k = this.#scale;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = runOff;
    pen.fillRect(0, 0, this.#canvas.width, this.#canvas.height);
    pen.setTransform(k, 0, 0, k, 0, 0);

    // A hard court, seen from above: base lines where the paddles stand, walls for side lines, a net to serve over.
    const [from, to] = [PLANES[0] - R, PLANES[1] + R];
    const thin = Math.max(200, 1.2 / k);
    pen.fillStyle = court;
    pen.fillRect(from, 0, to - from, H);
    pen.fillStyle = line;
    pen.globalAlpha = 0.32;
    for (const x of [from, to]) pen.fillRect(x - thin / 2, 0, thin, H);
    for (let y = 1_500; y < H; y += 5_000) pen.fillRect(W / 2 - thin / 2, y, thin, 2_000);
    pen.globalAlpha = 0.85;
    pen.fillRect(0, 0, W, thin * 1.6);
    pen.fillRect(0, H - thin * 1.6, W, thin * 1.6);
    pen.globalAlpha = 1;

    const since = (now - this.#goal.at) / 500;
    if (since < 1) {
      const x = this.#goal.side === 0 ? 0 : W;
      const glow = pen.createLinearGradient(x, 0, x + (this.#goal.side === 0 ? 26_000 : -26_000), 0);
      glow.addColorStop(0, ball);
      glow.addColorStop(1, "transparent");
      pen.globalAlpha = 0.5 * (1 - since) ** 2;
      pen.fillStyle = glow;
      pen.fillRect(this.#goal.side === 0 ? 0 : W - 26_000, 0, 26_000, H);
      pen.globalAlpha = 1;
    }

    // Paddles: a thin front plane is what the rules know; the thickness behind it is for the eye.
    const thick = Math.max(1_500, 4 / k);
    for (const side of [0, 1] as const) {
      const y = scene.paddles[side];
      const lit = Math.max(0, 1 - (now - this.#flash[side]) / 160);
      const front = side === 0 ? PLANES[0] - R : PLANES[1] + R;
      pen.fillStyle = side === 0 ? left : right;
      pen.beginPath();
      pen.roundRect(side === 0 ? front - thick : front, y - half, thick, half * 2, thick * 0.3);
      pen.fill();
      if (lit) {
        pen.globalAlpha = lit;
        pen.fillStyle = "#fff";
        pen.fill();
        pen.globalAlpha = 1;
      }
    }

    this.#sparks = this.#sparks.filter((s) => now - s.born < SPARK_LIFE);
    for (const s of this.#sparks) {
      const age = (now - s.born) / 1000;
      const rest = 1 - (now - s.born) / SPARK_LIFE;
      pen.globalAlpha = rest;
      pen.fillStyle = s.colour;
      const size = 700 * rest + 1 / k;
      pen.fillRect(s.x + s.vx * age - size / 2, s.y + s.vy * age - size / 2, size, size);
    }
    pen.globalAlpha = 1;

    // Before the first serve the numbers of the countdown have the court to themselves.
    if (scene.ball && scene.flight && !(frozen && scene.serveIn > 0)) this.#ball(scene, now, frozen);
  }

  #ball(scene: Scene, now: number, frozen: boolean): void {
    const pen = this.#pen;
    const flight = scene.flight!;
    const { x, y } = scene.ball!;
    // On a small screen the ball is drawn larger than it is; where it is stays exact.
    const r = Math.max(R, 3.2 / this.#scale);
    pen.fillStyle = this.#colours.ball;
    if (scene.serveIn > 0) {
      // The serve shows where it will go.
      const rest = Math.min(1, scene.serveIn / 1500);
      const way = flight.vx > 0 ? 1 : -1;
      pen.strokeStyle = this.#colours.ball;
      pen.lineWidth = Math.max(260, 1.5 / this.#scale);
      pen.globalAlpha = 0.75;
      const box = r + 600 + rest * 5_200;
      pen.strokeRect(x - box, y - box, box * 2, box * 2);
      const angle = flight.vy / flight.vx;
      for (let i = 1; i <= 3; i++) {
        pen.globalAlpha = 0.7 - i * 0.15;
        const d = way * (box + i * 1_700);
        const size = 620;
        pen.fillRect(x + d - size / 2, y + d * angle - size / 2, size, size);
      }
      pen.globalAlpha = 1;
    } else if (!frozen) {
      const length = scene.streak ? 30 : 16;
      const step = 6_500;
      for (let i = length; i >= 1; i--) {
        const t = scene.virtual - i * step;
        if (t < flight.t0) continue;
        const at = ballAt(flight, t);
        const size = r * (1 - (i / length) * 0.55);
        pen.globalAlpha = 0.24 * (1 - i / (length + 1));
        pen.fillRect(at.x - size, at.y - size, size * 2, size * 2);
      }
      pen.globalAlpha = 1;
    }
    const pulse = scene.serveIn > 0 && !still.matches ? 1 + 0.12 * Math.sin(now / 90) : 1;
    pen.fillRect(x - r * pulse, y - r * pulse, r * 2 * pulse, r * 2 * pulse);
  }
}

/** Start of a flight at a paddle: the place of a hit. */
export function origin(scene: Scene): { side: number; x: number; y: number } | undefined {
  const flight = scene.flight;
  if (!flight || isServe(flight)) return undefined;
  return { side: sender(flight), x: flight.x0, y: flight.y0 };
}
