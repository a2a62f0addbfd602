// A live board beside the bracket: one match of the tournament, seen in small.
import { type TemplateResult, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { icons } from "../../components/icons";
import { PageElement } from "../../components/page-element";
import { noticeOf } from "../../game/notice";
import { Painter, origin } from "../../game/painter";
import { type Scene, MatchView } from "../../game/view";
import { nameOf } from "../../i18n";
import { isolated } from "../../i18n/isolated";
import type { TournamentConnection } from "./connection";
import { tournamentMessages } from "./labels";
import { entrantAt } from "./model";

@customElement("mp-board")
export class LiveBoard extends PageElement {
  @property({ attribute: false }) connection!: TournamentConnection;
  /** The match: its topic. */
  @property({ type: Number }) match = 0;
  @state() private score: readonly [number, number] = [0, 0];
  @state() private names: readonly [string, string] = ["", ""];
  @state() private line = "";
  @state() private viewers = 0;
  #view = new MatchView([]);
  #painter: Painter | undefined;
  #frame = 0;
  #last: Scene | undefined;
  #off: (() => void) | undefined;
  #followed = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("visibilitychange", this.#sight);
    if (this.hasUpdated) this.#sight();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("visibilitychange", this.#sight);
    this.#end();
  }

  protected override updated(changed: Map<string, unknown>): void {
    if (changed.has("match") || changed.has("connection")) this.#sight();
  }

  /** A hidden page follows no board. */
  readonly #sight = (): void => {
    const wanted = document.visibilityState === "visible" && this.isConnected ? this.match : 0;
    if (wanted === this.#followed && this.#off) return;
    this.#end();
    const canvas = this.querySelector("canvas");
    if (!wanted || !canvas) return;
    this.#followed = wanted;
    this.#painter = new Painter(canvas);
    this.#view = new MatchView([]);
    this.#last = undefined;
    const view = this.#view;
    this.#off = this.connection.follow(wanted, {
      message: ({ body }, at) => {
        if (body.case === "joined") view.server.reset();
        if (body.case === "viewers") this.viewers = body.value.count;
        if (body.case !== "frame") return;
        view.fold(body.value, at, () => undefined);
        if (!view.card) return;
        const { tournament } = this.connection;
        const pairing = tournament.pairings.get(view.card.pairing);
        this.names = [
          tournament.nameOf(entrantAt(pairing?.left)) ?? nameOf(view.card.left),
          tournament.nameOf(entrantAt(pairing?.right)) ?? nameOf(view.card.right),
        ];
      },
    });
    this.#frame = requestAnimationFrame(this.#draw);
  };

  readonly #draw = (now: number): void => {
    this.#frame = requestAnimationFrame(this.#draw);
    const view = this.#view;
    if (!view.card || !view.server.set) return;
    const scene = view.scene(now);
    const hit = origin(scene);
    if (hit && this.#last?.flight && this.#last.flight !== scene.flight)
      this.#painter?.hit(hit.side, hit.x, hit.y, now);
    this.#last = scene;
    this.#painter?.draw(scene, view.half, now, !view.clock.running(view.server.at(now)));
    if (scene.score[0] !== this.score[0] || scene.score[1] !== this.score[1]) this.score = scene.score;
    const { big, line } = noticeOf(view, scene, [], now);
    const said = [big, line].filter(Boolean).join(" ");
    if (said !== this.line) this.line = said;
  };

  #end(): void {
    cancelAnimationFrame(this.#frame);
    this.#off?.();
    this.#painter?.dispose();
    this.#painter = this.#off = undefined;
    this.#followed = 0;
  }

  protected override render(): TemplateResult {
    const [left, right] = this.names;
    return html`<figure class="mini-board" data-testid=${`board-${this.match}`}>
      <figcaption
        ><b class="left"><bdi>${left}</bdi></b
        ><span class="digits"
          ><span data-testid="board-left">${this.score[0]}</span><i>:</i
          ><span data-testid="board-right">${this.score[1]}</span></span
        ><b class="right"><bdi>${right}</bdi></b></figcaption
      >
      <div class="stage"
        ><canvas class="court mini" role="img" aria-label=${`${isolated(left)} – ${isolated(right)}`}></canvas>
        ${this.line ? html`<p class="word">${this.line}</p>` : nothing}</div
      >
      ${this.viewers ? html`<small>${icons.eye()} ${tournamentMessages().watching(this.viewers)}</small>` : nothing}
    </figure>`;
  }
}

/** Boards at most, of what is on. */
const BOARDS = 16;

/** Everything that is on, at once: the featured match first, then by its nearness to the end. */
@customElement("mp-wall")
export class BoardWall extends PageElement {
  @property({ attribute: false }) connection!: TournamentConnection;
  @property({ type: Number }) revision = 0;

  protected override render(): TemplateResult {
    const { scoreboard, pairings } = this.connection.tournament;
    const toEnd = (pairing: number): number => pairings.get(pairing)?.toEnd ?? Infinity;
    const on = [...(scoreboard?.scores ?? [])].sort(
      (a, b) =>
        Number(b.match === scoreboard!.featured) - Number(a.match === scoreboard!.featured) ||
        toEnd(a.pairing) - toEnd(b.pairing) ||
        a.match - b.match,
    );
    const w = tournamentMessages();
    if (!on.length) return html`<p class="hush">${w.nothingOn}</p>`;
    return html`<ul class="wall" data-testid="wall"
        >${on
          .slice(0, BOARDS)
          .map(({ match }) => html`<li><mp-board .connection=${this.connection} .match=${match}></mp-board></li>`)}</ul
      >
      ${on.length > BOARDS ? html`<p class="hush">${w.moreOn(on.length - BOARDS)}</p>` : nothing}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "mp-board": LiveBoard;
    "mp-wall": BoardWall;
  }
}
