// Bracket of a tournament as SVG. A screen reader reads it as lists: one a round, with a button for each pairing.
import { type TemplateResult, html, nothing, svg } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { Side } from "../../../gen/matchpoint/v1/pong_pb";
import { type Pairing, PairingKind, PairingState, type PairingSide } from "../../../gen/matchpoint/v1/tournament_pb";
import { PageElement } from "../../components/page-element";
import { isolated } from "../../i18n/isolated";
import { BOX, type Heading, type Layout, layout, neighbour } from "./bracket-layout";
import { tournamentMessages } from "./labels";
import { type Tournament, entrantAt, isDecided, meets } from "./model";
import { how } from "./podium";

const SCALES = { least: 0.2, most: 2, fit: 1.5, step: 1.25 } as const;
const ARROWS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"] as const;
type Arrow = (typeof ARROWS)[number];

const GIVEN: ReadonlySet<PairingKind> = new Set([
  PairingKind.FORFEIT,
  PairingKind.WALKOVER,
  PairingKind.DOUBLE_FORFEIT,
]);

const measure = document.createElement("canvas").getContext("2d");

/** The text, cut to a width in the drawing's units. */
function cut(text: string, width: number, weight: number): string {
  if (!measure) return text;
  measure.font = `${weight} 13px system-ui, sans-serif`;
  if (measure.measureText(text).width <= width) return text;
  const letters = [...text];
  while (letters.length > 1 && measure.measureText(`${letters.join("")}…`).width > width) letters.pop();
  return `${letters.join("").trimEnd()}…`;
}

/** Fires `open` with the number of a chosen pairing, and `follow` with an entrant, or undefined for everybody. */
@customElement("mp-bracket")
export class Bracket extends PageElement {
  @property({ attribute: false }) tournament!: Tournament;
  /** Grows when the tournament has changed: it is the same object. */
  @property({ type: Number }) revision = 0;
  /** The entrant who is followed. */
  @property({ attribute: false }) followed: number | undefined;
  /** The pairing whose board is open. */
  @property({ type: Number }) opened = 0;
  /** While the draw is shown: seeds whose names are in already. */
  @property({ type: Number }) revealed = Infinity;
  @state() private scale = 1;
  @state() private at = 0;
  #drawn: Layout | undefined;
  #drawnOf = -1;
  #fitted = true;
  #sized = new ResizeObserver(() => this.#fitted && this.#fit());
  #fingers = new Map<number, PointerEvent>();
  #spread = 0;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#sized.disconnect();
  }

  protected override firstUpdated(): void {
    this.#sized.observe(this.#pane!);
  }

  protected override willUpdate(): void {
    // The structure changes only when pairings are added: a Swiss round, or the start.
    if (this.#drawnOf === this.tournament.pairings.size) return;
    this.#drawnOf = this.tournament.pairings.size;
    this.#drawn = layout(this.tournament.pairings.values());
    if (!this.#drawn.boxes.has(this.at)) this.at = this.#drawn.boxes.keys().next().value ?? 0;
    if (this.hasUpdated && this.#fitted) this.#fit();
  }

  /** Sizes go by the object model: style attributes are not let in here. */
  protected override updated(): void {
    const drawing = this.querySelector("svg");
    if (!drawing || !this.#drawn) return;
    drawing.style.width = `${this.#drawn.width * this.scale}px`;
    drawing.style.height = `${this.#drawn.height * this.scale}px`;
  }

  get #pane(): HTMLElement | null {
    return this.querySelector(".pane");
  }

  /** All of it, but never so small that it says nothing: then the width fits, or a phone shows two rounds. */
  #fit(): void {
    const pane = this.#pane;
    const drawn = this.#drawn;
    if (!pane || !drawn?.width) return;
    const all = Math.min(pane.clientWidth / drawn.width, pane.clientHeight / drawn.height, SCALES.fit);
    const readable = pane.clientWidth < 600 ? 0.8 : 0.44;
    this.#fitted = true;
    this.scale = Math.max(all, Math.min(readable, 1));
  }

  /** Zooms, and keeps what is at a point of the pane where it is. */
  #zoom(factor: number, x?: number, y?: number): void {
    const pane = this.#pane;
    if (!pane) return;
    const scale = Math.min(SCALES.most, Math.max(SCALES.least, this.scale * factor));
    const [px, py] = [x ?? pane.clientWidth / 2, y ?? pane.clientHeight / 2];
    const [wx, wy] = [(pane.scrollLeft + px) / this.scale, (pane.scrollTop + py) / this.scale];
    this.#fitted = false;
    this.scale = scale;
    void this.updateComplete.then(() => pane.scrollTo(wx * scale - px, wy * scale - py));
  }

  /** The whole of it in sight, however small. */
  #all(): void {
    const pane = this.#pane;
    const drawn = this.#drawn;
    if (!pane || !drawn) return;
    this.#fitted = false;
    this.scale = Math.max(
      SCALES.least,
      Math.min(pane.clientWidth / drawn.width, pane.clientHeight / drawn.height, SCALES.fit),
    );
  }

  readonly #wheel = (event: WheelEvent): void => {
    // A pinch on a touchpad comes as a wheel with ctrl; a plain wheel scrolls.
    if (!event.ctrlKey) return;
    event.preventDefault();
    const box = this.#pane!.getBoundingClientRect();
    this.#zoom(Math.exp(-event.deltaY / 200), event.clientX - box.left, event.clientY - box.top);
  };

  readonly #down = (event: PointerEvent): void => {
    if (event.pointerType === "mouse" && event.button) return;
    this.#fingers.set(event.pointerId, event);
  };

  readonly #move = (event: PointerEvent): void => {
    const before = this.#fingers.get(event.pointerId);
    const pane = this.#pane;
    if (!before || !pane) return;
    this.#fingers.set(event.pointerId, event);
    const [a, b] = [...this.#fingers.values()];
    if (a && b) {
      const spread = Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
      const box = pane.getBoundingClientRect();
      if (this.#spread)
        this.#zoom(
          spread / this.#spread,
          (a.clientX + b.clientX) / 2 - box.left,
          (a.clientY + b.clientY) / 2 - box.top,
        );
      this.#spread = spread;
    } else if (event.pointerType === "mouse") {
      pane.scrollBy(before.clientX - event.clientX, before.clientY - event.clientY);
    }
  };

  readonly #up = (event: PointerEvent): void => {
    this.#fingers.delete(event.pointerId);
    this.#spread = 0;
  };

  readonly #key = (event: KeyboardEvent): void => {
    const drawn = this.#drawn;
    if (!drawn) return;
    if (ARROWS.includes(event.key as Arrow)) {
      const next = neighbour(drawn, this.at, event.key as Arrow);
      event.preventDefault();
      if (next === undefined) return;
      this.at = next;
      void this.updateComplete.then(() => {
        const box = this.querySelector<SVGGElement>(`[data-pairing="${next}"]`);
        box?.focus({ preventScroll: true });
        box?.scrollIntoView({ block: "nearest", inline: "nearest" });
      });
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.#open(this.at);
    } else if (event.key === "+" || event.key === "=") this.#zoom(SCALES.step);
    else if (event.key === "-") this.#zoom(1 / SCALES.step);
    else if (event.key === "0") this.#fit();
  };

  #open(pairing: number): void {
    this.at = pairing;
    this.dispatchEvent(new CustomEvent("open", { detail: pairing }));
  }

  #who(side: PairingSide | undefined): { name: string; seed: number; soft: boolean } {
    const w = tournamentMessages();
    switch (side?.who.case) {
      case "entrant": {
        const entrant = this.tournament.entrants.get(side.who.value);
        if (entrant && entrant.seed > this.revealed) return { name: "", seed: entrant.seed, soft: true };
        return { name: this.tournament.nameOf(side.who.value) ?? "", seed: entrant?.seed ?? 0, soft: false };
      }
      case "winnerOf":
        return { name: w.winnerOf(side.who.value), seed: 0, soft: true };
      case "loserOf":
        return { name: w.loserOf(side.who.value), seed: 0, soft: true };
      case "placeOf":
        return { name: w.placeOf(side.who.value.place, side.who.value.group), seed: 0, soft: true };
      default:
        return { name: w.nobody, seed: 0, soft: true };
    }
  }

  /** Scores of both sides: points if the pairing has one match, else matches won. */
  #scores(pairing: Pairing): readonly [string, string] {
    const live = this.tournament.live(pairing.pairing);
    // Given up or never begun: points do not tell who goes on.
    if (GIVEN.has(pairing.kind))
      return [pairing.winner === Side.LEFT ? "+" : "–", pairing.winner === Side.RIGHT ? "+" : "–"];
    if (live && pairing.bestOf <= 1) return [String(live.left), String(live.right)];
    if (pairing.bestOf > 1 && pairing.matches.length)
      return [String(pairing.left?.won ?? 0), String(pairing.right?.won ?? 0)];
    const result = pairing.matches[pairing.matches.length - 1]?.result;
    return result && isDecided(pairing) ? [String(result.left), String(result.right)] : ["", ""];
  }

  #spoken(pairing: Pairing): string {
    const w = tournamentMessages();
    const [left, right] = [this.#who(pairing.left).name, this.#who(pairing.right).name];
    const [a, b] = GIVEN.has(pairing.kind) ? ["", ""] : this.#scores(pairing);
    const state =
      pairing.state === PairingState.PLAYING
        ? w.on
        : pairing.state === PairingState.CALLED
          ? w.called
          : pairing.winner === Side.LEFT
            ? w.won(left)
            : pairing.winner === Side.RIGHT
              ? w.won(right)
              : isDecided(pairing)
                ? w.nobody
                : w.upNext;
    return [`${isolated(left)} ${a} – ${isolated(right)} ${b}`, state, how(pairing)].filter(Boolean).join(", ");
  }

  #row(pairing: Pairing, side: PairingSide | undefined, won: boolean, score: string, y: number): TemplateResult {
    const { name, seed, soft } = this.#who(side);
    const lost = isDecided(pairing) && !won;
    const weight = won ? 700 : 500;
    const who = `who${soft || lost ? " soft" : ""}${won ? " won" : ""}`;
    const points = `score${lost ? " soft" : ""}${won ? " won" : ""}`;
    return svg`<text class=${who} x="34" y=${y + 14.5}>${cut(name, BOX.width - 70, weight)}</text>
      <text class="seed" x="26" y=${y + 14.5}>${seed || ""}</text>
      <text class=${points} x=${BOX.width - 10} y=${y + 14.5}>${score}</text>`;
  }

  #box(pairing: Pairing): TemplateResult {
    const place = this.#drawn!.boxes.get(pairing.pairing)!;
    const [left, right] = this.#scores(pairing);
    const state =
      { [PairingState.PLAYING]: " on", [PairingState.CALLED]: " called", [PairingState.SKIPPED]: " skipped" }[
        pairing.state as number
      ] ?? "";
    const mine = this.followed !== undefined && meets(pairing, this.followed);
    const half = BOX.height / 2;
    const kind = `pairing${state}${mine ? " mine" : ""}${pairing.pairing === this.opened ? " opened" : ""}`;
    return svg`<g role="listitem"><g role="button" class=${kind}
      data-pairing=${pairing.pairing} tabindex=${pairing.pairing === this.at ? 0 : -1}
      aria-label=${this.#spoken(pairing)} transform=${`translate(${place.x} ${place.y})`}
      @click=${() => this.#open(pairing.pairing)} @focus=${() => (this.at = pairing.pairing)}>
      <title>${isolated(this.#who(pairing.left).name)} – ${isolated(this.#who(pairing.right).name)}</title>
      <rect class="box" width=${BOX.width} height=${BOX.height} rx="7" />
      <line x1="0" x2=${BOX.width} y1=${half} y2=${half} />
      <rect class="strip" width="4" height=${BOX.height - 12} x="5" y="6" rx="2" />
      ${left ? nothing : svg`<text class="number" x=${BOX.width - 10} y="14">${pairing.pairing}</text>`}
      ${this.#row(pairing, pairing.left, pairing.winner === Side.LEFT, left, 0)}
      ${this.#row(pairing, pairing.right, pairing.winner === Side.RIGHT, right, half)}
    </g></g>`;
  }

  #round(heading: Heading): TemplateResult {
    const w = tournamentMessages();
    const name = w.stage(heading.stage, heading.round, heading.toFinal);
    const pairings = [...this.tournament.pairings.values()].filter(
      ({ pairing, stage, round }) =>
        stage === heading.stage && round === heading.round && this.#drawn!.boxes.has(pairing),
    );
    return svg`<text class="heading" aria-hidden="true" x=${heading.x} y=${heading.y + 18}>${name}</text>
      <g role="list" aria-label=${name}>${pairings.map((pairing) => this.#box(pairing))}</g>`;
  }

  protected override render(): TemplateResult {
    const w = tournamentMessages();
    const drawn = this.#drawn!;
    const path =
      this.followed === undefined
        ? undefined
        : new Set(this.tournament.pathOf(this.followed).map(({ pairing }) => pairing));
    const onPath = (from: number, to: number): boolean =>
      !!path?.has(from) && path.has(to) && entrantAt(this.tournament.pairings.get(to)?.left) !== undefined;
    const entrants = [...this.tournament.entrants.keys()]
      .map((entrant) => ({ entrant, name: this.tournament.nameOf(entrant)! }))
      .sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
    return html` <div class="tools">
        <label
          ><span class="unseen">${w.followWhom}</span
          ><select
            data-testid="follow"
            @change=${(e: Event) => {
              const chosen = (e.target as HTMLSelectElement).value;
              this.dispatchEvent(new CustomEvent("follow", { detail: chosen === "" ? undefined : Number(chosen) }));
            }}
          >
            <option value="">${w.followWhom}</option>
            ${entrants.map(
              ({ entrant, name }) =>
                html`<option value=${entrant} ?selected=${entrant === this.followed}>${name}</option>`,
            )}
          </select></label
        >
        <span class="zooms">
          <button
            class="quiet icon"
            data-testid="zoom-out"
            aria-label=${w.farther}
            title=${w.farther}
            @click=${() => this.#zoom(1 / SCALES.step)}
            >−</button
          >
          <button
            class="quiet icon"
            data-testid="zoom-in"
            aria-label=${w.nearer}
            title=${w.nearer}
            @click=${() => this.#zoom(SCALES.step)}
            >+</button
          >
          <button class="quiet" data-testid="zoom-fit" @click=${() => this.#all()}>${w.fit}</button>
        </span>
      </div>
      <div
        class="pane"
        data-testid="bracket"
        @wheel=${this.#wheel}
        @pointerdown=${this.#down}
        @pointermove=${this.#move}
        @pointerup=${this.#up}
        @pointercancel=${this.#up}
        @pointerleave=${this.#up}
      >
        ${
          drawn.boxes.size
            ? html`<svg
                role="group"
                aria-label=${w.bracket}
                viewBox=${`0 0 ${drawn.width} ${drawn.height}`}
                class=${path ? "follows" : ""}
                @keydown=${this.#key}
              >
                ${drawn.lines.map(
                  ({ from, to, path: d }) =>
                    svg`<path aria-hidden="true" class=${onPath(from, to) ? "line mine" : "line"} d=${d} />`,
                )}
                ${drawn.headings.map((heading) => this.#round(heading))}
              </svg>`
            : nothing
        }
      </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "mp-bracket": Bracket;
  }
}
