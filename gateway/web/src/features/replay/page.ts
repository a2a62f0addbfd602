// A match that is over, played again: to be stopped, slowed down, and looked through point by point.
import { type PropertyValues, type TemplateResult, html, nothing, svg } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { Reason } from "../../../gen/matchpoint/v1/refusal_pb";
import { StatsService } from "../../../gen/matchpoint/v1/stats_pb";
import { call } from "../../api/client";
import { Refused } from "../../api/errors";
import { icons } from "../../components/icons";
import { PageElement } from "../../components/page-element";
import { goalTime, other, scorerOf } from "../../game/flight";
import { isDigest } from "../../game/journal-digest";
import { Painter, origin } from "../../game/painter";
import { Differs, type Point, Replay } from "../../game/replay";
import { sound } from "../../game/sound";
import type { Scene } from "../../game/view";
import { explain, nameOf, messages, durationText } from "../../i18n";
import { isolated } from "../../i18n/isolated";
import { endingOf } from "../../stores/current-match";

const SPEEDS = [0.25, 0.5, 1, 2, 4] as const;
/** Step of an arrow key, microseconds. */
const STEP = 5_000_000;
/** Going back soon after a point has begun means the point before it, microseconds. */
const JUST_BEGUN = 1_500_000;
/** Longest step of the drawing, milliseconds: a hidden page misses nothing. */
const LONGEST = 100;
/** Number of requests for a record, and the time between them, milliseconds: it may come a moment after the match. */
const ASKS = 8;
const ASK_AGAIN = 1_000;

@customElement("mp-replay")
export class ReplayPage extends PageElement {
  @property() session = "";
  @property({ type: Number }) match = 1;
  @state() private replay: Replay | undefined;
  /** It was compared with the digest that its record has. */
  @state() private recorded = false;
  @state() private trouble = "";
  @state() private playing = false;
  @state() private speed = 1;
  @state() private score: readonly [number, number] = [0, 0];
  @state() private played = 0;
  @state() private over = false;

  #at = 0;
  #before = 0;
  #frame = 0;
  #last: Scene | undefined;
  #painter: Painter | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("keydown", this.#key);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("keydown", this.#key);
    this.#end();
  }

  #end(): void {
    cancelAnimationFrame(this.#frame);
    this.#painter?.dispose();
    this.#painter = undefined;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("session") || changed.has("match")) void this.#find();
  }

  protected override updated(): void {
    const canvas = this.querySelector("canvas");
    if (!canvas || this.#painter) return;
    this.#painter = new Painter(canvas);
    this.#frame = requestAnimationFrame(this.#draw);
    // The element that had the focus during the request is gone; keyboard and screen reader continue here.
    const main = this.querySelector("main");
    if (!main || document.activeElement !== document.body) return;
    main.tabIndex = -1;
    main.focus({ preventScroll: true });
  }

  async #find(): Promise<void> {
    const { session, match } = this;
    this.#end();
    this.#at = 0;
    this.#last = undefined;
    this.replay = undefined;
    this.trouble = "";
    for (let i = 1; this.isConnected && session === this.session && match === this.match; i++) {
      try {
        const which = { sessionId: session, match };
        const [{ records }, record] = await Promise.all([
          call(StatsService.method.getReplay, which),
          call(StatsService.method.getMatch, which),
        ]);
        if (session !== this.session || match !== this.match) return;
        const digest = record.match?.journalDigest;
        if (digest?.length && !isDigest(records, digest)) throw new Differs("it is not the journal that was recorded");
        this.recorded = !!digest?.length;
        this.replay = new Replay(records);
        // With reduced motion it is started by hand.
        this.playing = !matchMedia("(prefers-reduced-motion: reduce)").matches && this.replay.end > 0;
        return;
      } catch (error) {
        if (error instanceof Differs) console.warn(error.message);
        const later = error instanceof Refused && error.reason === Reason.RECORD_UNKNOWN;
        if (i >= ASKS || !later || !endingOf(session)) {
          this.trouble = error instanceof Differs ? messages().replay.differs : explain(error);
          return;
        }
        await new Promise((soon) => setTimeout(soon, ASK_AGAIN));
      }
    }
  }

  readonly #draw = (now: number): void => {
    this.#frame = requestAnimationFrame(this.#draw);
    const { replay } = this;
    if (!replay || !this.#painter) return;
    const passed = Math.min(LONGEST, Math.max(0, now - this.#before));
    this.#before = now;
    if (this.playing) {
      this.#at = Math.min(replay.end, this.#at + passed * 1_000 * this.speed);
      if (this.#at >= replay.end) this.playing = false;
    }
    const scene = replay.scene(this.#at);
    if (this.playing) this.#sense(scene, now);
    this.#last = scene;
    this.#painter.draw(scene, replay.half, now, false);
    this.#show(scene);
  };

  /** Flashes and plays the events since the last drawing; sounds only at low speeds. */
  #sense(scene: Scene, now: number): void {
    const last = this.#last;
    if (!last?.flight || !scene.flight || scene.t < last.t) return;
    const heard = this.speed <= 2;
    const hit = scene.flight === last.flight ? undefined : origin(scene);
    if (hit) {
      this.#painter?.hit(hit.side, hit.x, hit.y, now);
      if (heard) sound.play("hit", hit.side === 0 ? -1 : 1);
    } else if (
      heard &&
      scene.flight === last.flight &&
      scene.walls !== last.walls &&
      scene.ball &&
      scene.t < goalTime(scene.flight)
    ) {
      sound.play("wall", (scene.ball.x / 160_000) * 2 - 1);
    }
    const scorer = scorerOf(last.score, scene.score);
    if (scorer === undefined) return;
    this.#painter?.goal(other(scorer), now);
    if (heard) sound.play("point", scorer === 0 ? -1 : 1);
  }

  /** Updates the parts that change with every drawing; text only when it changes. */
  #show(scene: Scene): void {
    const replay = this.replay!;
    const range = this.querySelector<HTMLInputElement>("input[type=range]");
    const time = this.querySelector("time");
    if (range && time) {
      const text = durationText(scene.t);
      range.value = String(scene.t / 1_000);
      if (time.textContent !== text) {
        time.textContent = text;
        range.setAttribute("aria-valuetext", messages().replay.at(text, ...scene.score));
      }
      this.querySelector(".past")?.setAttribute("width", `${(scene.t / Math.max(1, replay.end)) * 100}%`);
    }
    if (scene.score[0] !== this.score[0] || scene.score[1] !== this.score[1]) this.score = scene.score;
    this.played = replay.played(scene.t);
    this.over = scene.ended;
  }

  #seek(t: number): void {
    if (!this.replay) return;
    this.#at = Math.min(this.replay.end, Math.max(0, t));
    this.#last = undefined;
  }

  #toggle(): void {
    if (!this.replay) return;
    if (!this.playing && this.#at >= this.replay.end) this.#seek(0);
    this.playing = !this.playing;
  }

  /** To the point before, or the next one: where its serve waits. */
  #step(way: -1 | 1): void {
    const { replay } = this;
    if (!replay) return;
    const now = replay.played(this.#at);
    const begun = this.#at - (replay.points[now - 1]?.t ?? 0);
    const before = begun > JUST_BEGUN ? now : now - 1;
    const to = way > 0 ? now + 1 : before;
    this.#seek(to <= 0 ? 0 : (replay.points[to - 1]?.t ?? replay.end));
  }

  readonly #key = (event: KeyboardEvent): void => {
    const at = event.target as HTMLElement;
    if (
      event.altKey ||
      event.ctrlKey ||
      event.metaKey ||
      at.tagName === "SELECT" ||
      document.querySelector("dialog[open]")
    )
      return;
    if (event.key === " " && at.closest("button, a, summary")) return;
    if (event.key === " ") this.#toggle();
    else if (event.key === "ArrowLeft") this.#turn(-1, event.shiftKey);
    else if (event.key === "ArrowRight") this.#turn(1, event.shiftKey);
    else if (event.key === "Home") this.#seek(0);
    else if (event.key === "End") this.#seek(this.replay?.end ?? 0);
    else return;
    event.preventDefault();
  };

  /** Goes by a whole point, or by some seconds. */
  #turn(way: 1 | -1, byPoint: boolean): void {
    if (byPoint) this.#step(way);
    else this.#seek(this.#at + way * STEP);
  }

  #timeline({ end, points, pauses }: Replay): TemplateResult {
    const w = messages().replay;
    const x = (t: number): string => `${((t / Math.max(1, end)) * 100).toFixed(3)}%`;
    return html`<div class="track">
      <svg aria-hidden="true" data-testid="replay-marks">
        <rect class="rail" y="19" width="100%" height="6" rx="3" />
        <rect class="past" y="19" width="0" height="6" rx="3" />
        ${pauses.map(
          (t) => svg`<line class="pause" x1=${x(t)} x2=${x(t)} y1="10" y2="34"><title>${w.paused}</title></line>`,
        )}
        ${points.map(
          (p) =>
            svg`<line class=${
              p.scorer ? "right" : "left"
            } x1=${x(p.t)} x2=${x(p.t)} y1=${p.scorer ? 28 : 4} y2=${p.scorer ? 40 : 16}/>`,
        )}
      </svg>
      <input
        type="range"
        min="0"
        max=${end / 1_000}
        step="1"
        value="0"
        aria-label=${w.where}
        data-testid="replay-time"
        @input=${(e: Event) => this.#seek(Number((e.target as HTMLInputElement).value) * 1_000)}
      />
    </div>`;
  }

  #points(replay: Replay, names: readonly [string, string]): TemplateResult {
    const w = messages();
    const one = (p: Point, i: number): TemplateResult => {
      const hint = w.replay.pointHint(names[p.scorer], w.result.hitsUnit(p.rallyHits));
      return html`<li
        ><button
          class=${`point ${p.scorer ? "right" : "left"}`}
          data-testid="replay-point"
          aria-current=${i === this.played ? "true" : nothing}
          title=${hint}
          aria-label=${`${w.replay.point(p.left, p.right)}, ${hint}`}
          @click=${() => this.#seek(p.from)}
          ><b>${w.replay.point(p.left, p.right)}</b><small>${w.result.hitsUnit(p.rallyHits)}</small></button
        ></li
      >`;
    };
    return html`<section class="points" aria-labelledby="points-title"
      ><h2 id="points-title">${w.replay.points}</h2
      ><ol
        >${replay.points.map(one)}</ol
      ></section
    >`;
  }

  #player(side: 0 | 1, name: string): TemplateResult {
    return html`<div class=${`player ${side ? "right" : "left"}`}
      ><b><bdi>${name}</bdi></b></div
    >`;
  }

  protected override render(): TemplateResult {
    const w = messages();
    const { replay } = this;
    if (!replay) {
      return html`<main class="narrow" data-testid=${this.trouble ? "shut" : "replay-coming"}
        ><h1>${w.replay.title}</h1>
        <p class=${this.trouble ? "trouble" : "hush"} role="status">${this.trouble || w.common.loading}</p>
        ${
          this.trouble ? html`<a class="button strong" href="/" data-testid="to-home">${w.common.home}</a>` : nothing
        }</main
      >`;
    }
    const names = [nameOf(replay.opened.left), nameOf(replay.opened.right)] as const;
    return html`<main class="match replay" data-testid="replay">
      <h1 class="unseen">${w.replay.title}: ${names.map(isolated).join(" – ")}</h1>
      <div class="board">
        ${this.#player(0, names[0])}
        <div class="digits"
          ><span data-testid="score-left">${this.score[0]}</span><i></i
          ><span data-testid="score-right">${this.score[1]}</span></div
        >
        ${this.#player(1, names[1])}
      </div>
      <div class="stage">
        <canvas
          class="court"
          data-testid="court"
          role="img"
          aria-label=${w.court.label}
          @click=${() => this.#toggle()}
        ></canvas>
        <div class="notice" data-testid="notice">${this.over ? html`<p>${w.court.over}</p>` : nothing}</div>
      </div>
      <div class="deck">
        <div class="reel">
          <button
            class="button icon"
            data-testid="replay-before"
            aria-label=${w.replay.before}
            title=${w.replay.before}
            @click=${() => this.#step(-1)}
            >${icons.back()}</button
          >
          <button
            class="button icon strong"
            data-testid="replay-play"
            aria-label=${this.playing ? w.replay.pause : w.replay.play}
            title=${this.playing ? w.replay.pause : w.replay.play}
            @click=${() => this.#toggle()}
            >${this.playing ? icons.pause() : icons.play()}</button
          >
          <button
            class="button icon"
            data-testid="replay-after"
            aria-label=${w.replay.after}
            title=${w.replay.after}
            @click=${() => this.#step(1)}
            >${icons.on()}</button
          >
          <span class="passed"><time data-testid="replay-now">0:00</time><i>/</i>${durationText(replay.end)}</span>
          <select
            data-testid="replay-speed"
            aria-label=${w.replay.speed}
            @change=${(e: Event) => (this.speed = Number((e.target as HTMLSelectElement).value))}
          >
            ${SPEEDS.map(
              (n) => html`<option value=${n} ?selected=${n === this.speed}>${w.replay.times(n)}</option>`,
            )}</select
          >
        </div>
        ${this.#timeline(replay)}
        <p class="hush hint keys">${w.replay.keys}</p>
        ${replay.points.length ? this.#points(replay, names) : html`<p class="hush">${w.replay.short}</p>`}
        <p class="hush proven" data-testid="replay-proven"
          >${w.replay.proven}${this.recorded ? ` ${w.replay.recorded}` : ""}</p
        >
        ${
          this.match === 1
            ? html`<div class="actions"
                ><a class="button" href=${`/result/${this.session}`} data-testid="to-result"
                  >${w.replay.toResult}</a
                ></div
              >`
            : nothing
        }
      </div>
    </main>`;
  }
}
