// The court: playing and watching. What changes sixty times a second goes to the canvas; words only when they change.
import { type TemplateResult, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { NoticeKind, type ServerMessage } from "../../../gen/matchpoint/v1/frames_pb";
import { Reason, type Refusal } from "../../../gen/matchpoint/v1/refusal_pb";
import { GameSocket, type GameSocketEvents } from "../../api/game-socket";
import { PageElement } from "../../components/page-element";
import { icons } from "../../components/icons";
import { Controls } from "../../game/controls";
import { type Side, goalTime, other, scorerOf, sideOf } from "../../game/flight";
import { InputSender } from "../../game/input-sender";
import { type Notice, namesOf, noticeOf, secondsToGo } from "../../game/notice";
import { Painter, origin } from "../../game/painter";
import { sound } from "../../game/sound";
import { type Scene, MatchView } from "../../game/view";
import { nameOf, sentenceOf, messages } from "../../i18n";
import { isolated } from "../../i18n/isolated";
import { saveEnding, setCurrentMatch, clearCurrentMatch, ticketFor } from "../../stores/current-match";
import { go } from "../../stores/router";
import type { TournamentConnection } from "../tournament/connection";

/** Beyond this round trip, milliseconds, the referee cannot make up for the distance. */
const FAIR = 250;
/** Time for which the end is shown before the result, milliseconds. */
const AFTERGLOW = 1_600;

@customElement("mp-match")
export class Match extends PageElement {
  @property() mode: "play" | "watch" = "watch";
  @property() session = "";
  /** A match of a tournament: the connection that carries it, and its topic. Otherwise the court has its own. */
  @property({ attribute: false }) connection: TournamentConnection | undefined;
  @property({ type: Number }) topic = 0;
  @state() private notice: Notice = { big: "", line: "", small: "" };
  @state() private score: readonly [number, number] = [0, 0];
  @state() private spoken = "";
  @state() private seats: readonly Side[] = [];
  @state() private known = 0;
  /** The server has said that it will be restarted; said until play goes on. */
  @state() private draining = false;

  #view = new MatchView([]);
  #link: Pick<GameSocket, "state" | "send" | "close"> | undefined;
  #inputs: InputSender | undefined;
  #controls: Controls | undefined;
  #painter: Painter | undefined;
  #frame = 0;
  #last: Scene | undefined;
  #count = 0;
  #ended = 0;
  /** The match's clock when that was said. */
  #drained = 0;
  #awake: WakeLockSentinel | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("keydown", this.#escape);
    this.#end();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("keydown", this.#escape);
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    // Another match is drawn on a court again, whatever became of the one before.
    if (changed.has("session") || changed.has("mode") || changed.has("topic")) this.#end();
  }

  protected override updated(changed: Map<string, unknown>): void {
    if (changed.has("session") || changed.has("mode") || changed.has("topic")) this.#begin();
  }

  #end(): void {
    cancelAnimationFrame(this.#frame);
    this.#inputs?.stop();
    this.#controls?.dispose();
    this.#painter?.dispose();
    this.#link?.close();
    void this.#awake?.release();
    this.#awake = undefined;
    this.#link = this.#inputs = this.#controls = this.#painter = undefined;
  }

  #begin(): void {
    this.#end();
    this.#view = new MatchView([]);
    this.#last = undefined;
    this.#ended = 0;
    this.seats = [];
    this.draining = false;
    const playing = this.mode === "play";
    this.#painter = new Painter(this.querySelector("canvas")!);
    const events: GameSocketEvents = {
      hello: async (fresh) => {
        // Most matches are open to anyone with the link; a ticket is requested only after a refusal.
        if (!playing && !fresh) return { sessionId: this.session };
        return { ticket: (await ticketFor(this.session, fresh)).ticket };
      },
      message: (message, at) => this.#take(message, at),
      lost: () => {
        this.#inputs?.stop();
        this.#inputs?.lost();
      },
    };
    const link = (this.#link = this.connection
      ? this.connection.court(this.topic, events)
      : new GameSocket(playing ? "/ws/play" : "/ws/watch", events));
    link.state.watch(() => {
      if (this.connection) return this.requestUpdate();
      if (link.state.value.is === "closed" && link.state.value.why === "over") {
        clearCurrentMatch(`/play/${this.session}`);
        // It ended while this player was away: what became of it is all there is to see. An end that has come to this
        // page is seen here first.
        if (this.seats.length && !this.#view.result) go(`/result/${this.session}`, true);
      }
      this.requestUpdate();
    });
    this.#stayAwake();
    this.#frame = requestAnimationFrame(this.#draw);
  }

  /** A screen that is looked at without being touched would go dark. Where that cannot be asked for, it may. */
  #stayAwake(): void {
    navigator.wakeLock?.request("screen").then(
      (lock) => (this.#awake = lock),
      () => undefined,
    );
  }

  #take({ body }: ServerMessage, at: number): void {
    const view = this.#view;
    switch (body.case) {
      case "joined":
        // Another connection may mean another server, and another clock.
        view.server.reset();
        // In a tournament these are entrants; who plays what comes by itself.
        if (!this.connection) this.#seat(body.value.seats.filter((s): s is Side => s === 0 || s === 1));
        break;
      case "seated":
        this.#seat(body.value.sides.filter((s): s is Side => s === 0 || s === 1));
        break;
      case "frame":
        view.fold(body.value, at, () => this.#inputs?.replay());
        if (this.draining && view.clock.latest?.rate && view.clock.latest.epoch > this.#drained) this.draining = false;
        this.#describe(
          body.value.events.some((e) => e.body.case === "attendance" || e.body.case === "clock") ||
            !!body.value.snapshot,
        );
        break;
      case "notice":
        this.draining = body.value.kind === NoticeKind.DRAINING;
        this.#drained = view.clock.latest?.epoch ?? 0;
        break;
      case "pong":
        view.server.pong(body.value.t0, body.value.t1, body.value.t2, at);
        break;
      case "viewers":
        view.viewers = body.value.count;
        this.known++;
        break;
      case "latency":
        view.latency = [body.value.leftMs, body.value.rightMs];
        this.known++;
        break;
    }
  }

  #describe(changed: boolean): void {
    if (!changed) return;
    this.known++;
    if (!this.#controls && this.#inputs && this.#view.card) this.#takeControls();
  }

  #seat(seats: Side[]): void {
    if (this.#inputs && seats.join() === this.seats.join()) {
      this.#inputs.start();
      return;
    }
    this.seats = seats;
    this.#view = new MatchView(seats);
    if (!seats.length || !this.#link) return;
    if (!this.connection) setCurrentMatch(`/play/${this.session}`);
    this.#inputs = new InputSender(this.#view, seats, this.#link.send, this.topic);
    this.#inputs.start();
  }

  #takeControls(): void {
    const inputs = this.#inputs!;
    const view = this.#view;
    const paddles = {
      steer: (seat: Side, dir: number, at: number) => view.revise(at, () => inputs.steer(seat, dir, at)),
      aim: (seat: Side, y: number, at: number) => view.revise(at, () => inputs.aim(seat, y, at)),
      y: (seat: Side) => view.scene(performance.now()).paddles[seat],
    };
    const zone = this.querySelector<HTMLElement>(".match")!;
    const court = this.querySelector<HTMLElement>("canvas")!;
    this.#controls = new Controls(paddles, this.seats, court, zone, !view.card?.ruleset?.directionsOnly);
  }

  readonly #draw = (now: number): void => {
    this.#frame = requestAnimationFrame(this.#draw);
    const view = this.#view;
    if (!view.card || !view.server.set || !this.#painter) return;
    this.#controls?.poll(now);
    const scene = view.scene(now);
    this.#sense(scene, now);
    this.#painter.draw(scene, view.half, now, !view.clock.running(view.server.at(now)));
    this.#last = scene;
    this.#tick(now);
    const notice = noticeOf(view, scene, this.seats, now);
    const before = this.notice;
    if (notice.big !== before.big || notice.line !== before.line || notice.small !== before.small) this.notice = notice;
  };

  /** Plays, flashes and announces the events since the last drawing. */
  #sense(scene: Scene, now: number): void {
    const last = this.#last;
    if (scene.score[0] !== this.score[0] || scene.score[1] !== this.score[1]) {
      const scorer = scorerOf(this.score, scene.score);
      this.score = scene.score;
      const [left, right] = namesOf(this.#view);
      this.spoken = messages().court.score(left, scene.score[0], right, scene.score[1]);
      if (last && scorer !== undefined) {
        this.#painter?.goal(other(scorer), now);
        const lost = this.seats.length === 1 && this.seats[0] !== scorer;
        sound.play(lost ? "lost" : "point", scorer === 0 ? -1 : 1);
      }
    }
    if (!last) return;
    if (scene.flight && last.flight && scene.flight.t0 !== last.flight.t0) {
      const hit = origin(scene);
      if (hit) {
        this.#painter?.hit(hit.side, hit.x, hit.y, now);
        sound.play("hit", hit.side === 0 ? -1 : 1);
      }
    } else if (scene.walls !== last.walls && scene.ball && scene.flight && scene.virtual < goalTime(scene.flight)) {
      sound.play("wall", (scene.ball.x / 160_000) * 2 - 1);
    }
    if (scene.ended && !this.#ended) {
      this.#ended = now;
      const { card, result } = this.#view;
      if (!this.connection) {
        clearCurrentMatch(`/play/${this.session}`);
        saveEnding(this.session, { card: card!, result: result!, seats: this.seats });
      }
      if (this.seats.length === 1 && result!.winner && sideOf(result!.winner) === this.seats[0]) sound.play("won");
      const here = this.#link;
      if (!this.connection)
        setTimeout(() => this.isConnected && here === this.#link && go(`/result/${this.session}`, true), AFTERGLOW);
    }
  }

  /** Each second of a countdown is heard once, and its end. */
  #tick(now: number): void {
    const until = secondsToGo(this.#view, now);
    if (until === this.#count) return;
    this.#count = until;
    sound.play(until ? "count" : "go");
  }

  readonly #escape = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !this.#inputs || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    this.#ask();
  };

  #ask(): void {
    this.querySelector<HTMLDialogElement>("dialog")?.showModal();
  }

  #resign(seat?: Side): void {
    this.querySelector("dialog")?.close();
    this.#inputs?.resign(seat);
  }

  /** Overlay over the court while the connection is not open. */
  #overlay(): TemplateResult | typeof nothing {
    const w = messages();
    const link = this.#link?.state.value;
    const inPlay = this.seats.length && this.#view.card;
    const keepCalm = inPlay ? w.court.keepCalm : "";
    const calm = this.draining ? w.court.draining : keepCalm;
    if (!link || link.is === "open" || this.#ended) return nothing;
    if (link.is === "connecting") {
      return this.#view.card ? this.#curtain(w.court.reconnecting, calm) : this.#curtain(w.court.connecting);
    }
    if (link.is === "retrying") return this.#curtain(w.court.reconnecting, calm);
    const reason = link.refusal?.reason ?? Reason.UNSPECIFIED;
    switch (link.why) {
      case "replaced":
        return this.#curtain(
          w.court.replaced,
          "",
          html`<button class="button strong" data-testid="take-over" @click=${() => this.#begin()}
            >${w.court.takeOver}</button
          >`,
        );
      case "reload":
        return this.#curtain(
          w.court.reload,
          "",
          html`<button class="button strong" @click=${() => location.reload()}>${w.court.reloadNow}</button>`,
        );
      case "over":
        return this.#curtain(
          w.watch.gone,
          "",
          html`<a class="button strong" href=${`/result/${this.session}`} data-testid="to-result">${w.watch.toResult}</a
            ><a class="button" href="/">${w.common.home}</a>`,
        );
      case "refused":
        return this.#curtain(
          reason ? sentenceOf(reason) : w.court.refused,
          "",
          html`<a class="button strong" href=${`/watch/${this.session}`}>${w.common.watch}</a
            ><a class="button" href="/">${w.common.home}</a>`,
        );
    }
  }

  /** There is nothing to draw, and will not be: why, and the way out. */
  #shut(refusal: Refusal | undefined): TemplateResult {
    const w = messages();
    const reason = refusal?.reason ?? Reason.UNSPECIFIED;
    const never = reason === Reason.SESSION_UNKNOWN || reason === Reason.INVALID_FIELD;
    const over = reason === Reason.SESSION_OVER || reason === Reason.UNSPECIFIED;
    const [line, hint] = never
      ? [w.watch.never, w.watch.neverHint]
      : over
        ? [w.watch.gone, ""]
        : [w.court.refused, sentenceOf(reason)];
    return html`<main class="narrow" data-testid="shut">
      <h1>${line}</h1>${hint ? html`<p class="hush">${hint}</p>` : nothing}
      <div class="actions">
        ${
          over
            ? html`<a class="button strong" href=${`/result/${this.session}`} data-testid="to-result"
                >${w.watch.toResult}</a
              >`
            : nothing
        }
        ${
          !never && !over && this.mode === "play"
            ? html`<a class="button" href=${`/watch/${this.session}`}>${w.common.watch}</a>`
            : nothing
        }
        <a class=${`button ${over ? "" : "strong"}`} href="/" data-testid="to-home">${w.common.home}</a>
      </div></main
    >`;
  }

  #curtain(line: string, small = "", actions: TemplateResult | typeof nothing = nothing): TemplateResult {
    return html`<div class="curtain" data-testid="overlay"
      ><p>${line}</p>${small ? html`<small>${small}</small>` : nothing}${
        actions === nothing ? html`<i class="spinner"></i>` : html`<div class="actions">${actions}</div>`
      }</div
    >`;
  }

  #player(side: Side): TemplateResult {
    const w = messages();
    const view = this.#view;
    const occupant = side === 0 ? view.card?.left : view.card?.right;
    const there = side === 0 ? view.attendance?.left : view.attendance?.right;
    // The own way is measured from here too: what the server sees may end at a proxy.
    const here = this.seats.includes(side) ? view.server.rtt : undefined;
    const known = view.latency || here !== undefined ? Math.max(view.latency?.[side] ?? 0, here ?? 0) : undefined;
    const ms = known === undefined || occupant?.bot || there === false ? 0 : Math.max(1, Math.round(known));
    const own = this.seats.length === 1 && this.seats[0] === side;
    return html`<div
      class=${`player ${side ? "right" : "left"} ${own ? "own" : ""} ${there === false && view.card ? "absent" : ""}`}
    >
      <b><bdi>${nameOf(occupant)}</bdi></b>
      <small
        >${own ? html`<em>${w.common.you}</em>` : nothing}${
          ms
            ? html`<span class=${ms > FAIR ? "lag" : ""} aria-label=${w.court.latency(nameOf(occupant), ms)}
                >${w.court.ms(ms)}</span
              >`
            : nothing
        }</small
      >
    </div>`;
  }

  protected override render(): TemplateResult {
    const w = messages();
    const { notice, seats } = this;
    void this.known;
    const view = this.#view;
    const link = this.#link?.state.value;
    if (link?.is === "closed" && !view.card && (link.why === "over" || link.why === "refused"))
      return this.#shut(link.refusal);
    const lagging = view.server.rtt > FAIR || view.latency?.some((ms) => ms > FAIR);
    const local = seats.length === 2;
    return html`<main class=${`match ${this.mode}`}>
      <h1 class="unseen">${namesOf(this.#view).map(isolated).join(" – ")}</h1>
      <div class="board">
        ${this.#player(0)}
        <div class="digits" aria-hidden="true"
          ><span data-testid="score-left">${this.score[0]}</span><i></i
          ><span data-testid="score-right">${this.score[1]}</span></div
        >
        ${this.#player(1)}
      </div>
      <div class="stage">
        <canvas class="court" data-testid="court" role="img" aria-label=${w.court.label}></canvas>
        <div class="notice" data-testid="notice">
          ${notice.big ? html`<strong data-testid="countdown">${notice.big}</strong>` : nothing}
          ${notice.line ? html`<p>${notice.line}</p>` : nothing}
          ${notice.small ? html`<small>${notice.small}</small>` : nothing}
        </div>
        ${this.draining ? html`<p class="word" role="status" data-testid="draining">${w.court.draining}</p>` : nothing}
        ${this.#overlay()}
      </div>
      <div class="zone" aria-hidden="true"
        >${
          this.mode !== "play"
            ? nothing
            : local
              ? html`<span class="left">${w.common.left}</span><span class="right">${w.common.right}</span>`
              : html`<span class=${seats[0] === 1 ? "right" : "left"}>${w.court.touch}</span>`
        }</div
      >
      <div class="foot">
        ${
          this.mode === "watch"
            ? html`<span class="live"><i class="dot"></i>${w.watch.delayed}</span
                ><span data-testid="viewers"
                  >${view.viewers ? html`${icons.eye()} ${w.watch.viewers(view.viewers)}` : nothing}</span
                >`
            : html`<span class="hint keys">${local ? w.court.keysLocal : w.court.keys}</span
                ><span class="hint touch">${w.court.touch}</span>
                ${lagging ? html`<span class="lag">${w.court.lagging}</span>` : nothing}
                <button class="quiet" data-testid="resign" ?disabled=${!seats.length} @click=${() => this.#ask()}
                  >${icons.flag()} ${w.court.resign}</button
                >`
        }
      </div>
      <p class="unseen" aria-live="polite">${[notice.big, notice.line].filter(Boolean).join(". ")}</p>
      <p class="unseen" aria-live="assertive">${this.spoken}</p>
      <dialog data-testid="resign-dialog" aria-labelledby="resign-title">
        <h2 id="resign-title">${w.court.resignAsk}</h2>
        ${seats.length === 1 ? html`<p>${w.court.resignText}</p>` : nothing}
        <div class="actions">
          ${
            local && this.connection
              ? seats.map(
                  (side) =>
                    html`<button
                      class="button danger"
                      data-testid=${`resign-${side}`}
                      @click=${() => this.#resign(side)}
                      ><bdi>${namesOf(view)[side]}</bdi>: ${w.court.resignYes}</button
                    >`,
                )
              : html`<button class="button danger" data-testid="resign-yes" @click=${() => this.#resign()}
                  >${w.court.resignYes}</button
                >`
          }
          <button class="button strong" autofocus @click=${() => this.querySelector("dialog")!.close()}
            >${w.court.resignNo}</button
          >
        </div>
      </dialog>
    </main>`;
  }
}
