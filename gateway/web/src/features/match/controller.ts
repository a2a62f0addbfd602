// One match as a page plays or watches it: its connection, its inputs, and its drawing sixty times a second.
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { NoticeKind, type ServerMessage } from "../../../gen/matchpoint/v1/frames_pb";
import { GameSocket, type GameSocketEvents } from "../../api/game-socket";
import { Controls } from "../../game/controls";
import { type Side, goalTime, other, scorerOf, sideOf } from "../../game/flight";
import { InputSender } from "../../game/input-sender";
import { type Notice, namesOf, noticeOf, secondsToGo } from "../../game/notice";
import { Painter, origin } from "../../game/painter";
import { sound } from "../../game/sound";
import { type Scene, MatchView } from "../../game/view";
import { messages } from "../../i18n";
import { clearCurrentMatch, saveEnding, setCurrentMatch, ticketFor } from "../../stores/current-match";
import { go } from "../../stores/router";
import type { TournamentConnection } from "../tournament/connection";

/** Time for which the end is shown before the result, milliseconds. */
const AFTERGLOW = 1_600;

/** The page of a match, with a canvas and the zone in which it is touched. */
interface Host extends ReactiveControllerHost, HTMLElement {
  readonly mode: "play" | "watch";
  readonly session: string;
  /** Connection of the tournament that the match belongs to, and the match's topic there. */
  readonly connection: TournamentConnection | undefined;
  readonly topic: number;
}

export class MatchController implements ReactiveController {
  view = new MatchView([]);
  link: Pick<GameSocket, "state" | "send" | "close"> | undefined;
  notice: Notice = { big: "", line: "", small: "" };
  score: readonly [number, number] = [0, 0];
  /** Score after the last goal, for screen readers. */
  spoken = "";
  seats: readonly Side[] = [];
  /** The server has said that it will be restarted; said until play goes on. */
  draining = false;
  /** When the end was drawn; 0 before it. */
  ended = 0;

  readonly #host: Host;
  #inputs: InputSender | undefined;
  #controls: Controls | undefined;
  #painter: Painter | undefined;
  #frame = 0;
  #last: Scene | undefined;
  #count = 0;
  /** The match's clock when the restart was announced. */
  #drained = 0;
  #awake: WakeLockSentinel | undefined;

  constructor(host: Host) {
    this.#host = host;
    host.addController(this);
  }

  hostDisconnected(): void {
    this.end();
  }

  /** True if somebody plays here. */
  get playing(): boolean {
    return !!this.#inputs;
  }

  /** Resigns for one of two players at the same keyboard, else for the only one. */
  resign(seat?: Side): void {
    this.#inputs?.resign(seat);
  }

  /** Leaves the match. */
  end(): void {
    cancelAnimationFrame(this.#frame);
    this.#inputs?.stop();
    this.#controls?.dispose();
    this.#painter?.dispose();
    this.link?.close();
    void this.#awake?.release();
    this.#awake = undefined;
    this.link = this.#inputs = this.#controls = this.#painter = undefined;
  }

  /** Opens the match that the page is about, on its canvas. */
  begin(): void {
    this.end();
    this.view = new MatchView([]);
    this.#last = undefined;
    this.ended = 0;
    this.seats = [];
    this.draining = false;
    const playing = this.#host.mode === "play";
    this.#painter = new Painter(this.#host.querySelector("canvas")!);
    const events: GameSocketEvents = {
      hello: async (fresh) => {
        // Most matches are open to anyone with the link; a ticket is requested only after a refusal.
        if (!playing && !fresh) return { sessionId: this.#host.session };
        return { ticket: (await ticketFor(this.#host.session, fresh)).ticket };
      },
      message: (message, at) => this.#take(message, at),
      lost: () => {
        this.#inputs?.stop();
        this.#inputs?.lost();
      },
    };
    const link = (this.link = this.#host.connection
      ? this.#host.connection.court(this.#host.topic, events)
      : new GameSocket(playing ? "/ws/play" : "/ws/watch", events));
    link.state.watch(() => {
      if (this.#host.connection) return this.#host.requestUpdate();
      if (link.state.value.is === "closed" && link.state.value.why === "over") {
        clearCurrentMatch(`/play/${this.#host.session}`);
        // It ended while this player was away: what became of it is all there is to see. An end that has come to this
        // page is seen here first.
        if (this.seats.length && !this.view.result) go(`/result/${this.#host.session}`, true);
      }
      this.#host.requestUpdate();
    });
    this.#stayAwake();
    this.#frame = requestAnimationFrame(this.#draw);
    this.#host.requestUpdate();
  }

  /** A screen that is looked at without being touched would go dark. Where that cannot be asked for, it may. */
  #stayAwake(): void {
    navigator.wakeLock?.request("screen").then(
      (lock) => (this.#awake = lock),
      () => undefined,
    );
  }

  #take({ body }: ServerMessage, at: number): void {
    const view = this.view;
    switch (body.case) {
      case "joined":
        // Another connection may mean another server, and another clock.
        view.server.reset();
        // In a tournament these are entrants; who plays what comes by itself.
        if (!this.#host.connection) this.#seat(body.value.seats.filter((s): s is Side => s === 0 || s === 1));
        break;
      case "seated":
        this.#seat(body.value.sides.filter((s): s is Side => s === 0 || s === 1));
        break;
      case "frame":
        view.fold(body.value, at, () => this.#inputs?.replay());
        if (this.draining && view.clock.latest?.rate && view.clock.latest.epoch > this.#drained) {
          this.draining = false;
          this.#host.requestUpdate();
        }
        this.#describe(
          body.value.events.some((e) => e.body.case === "attendance" || e.body.case === "clock") ||
            !!body.value.snapshot,
        );
        break;
      case "notice":
        this.draining = body.value.kind === NoticeKind.DRAINING;
        this.#drained = view.clock.latest?.epoch ?? 0;
        this.#host.requestUpdate();
        break;
      case "pong":
        view.server.pong(body.value.t0, body.value.t1, body.value.t2, at);
        break;
      case "viewers":
        view.viewers = body.value.count;
        this.#host.requestUpdate();
        break;
      case "latency":
        view.latency = [body.value.leftMs, body.value.rightMs];
        this.#host.requestUpdate();
        break;
    }
  }

  #describe(changed: boolean): void {
    if (!changed) return;
    this.#host.requestUpdate();
    if (!this.#controls && this.#inputs && this.view.card) this.#takeControls();
  }

  #seat(seats: Side[]): void {
    if (this.#inputs && seats.join() === this.seats.join()) {
      this.#inputs.start();
      return;
    }
    this.seats = seats;
    this.view = new MatchView(seats);
    this.#host.requestUpdate();
    if (!seats.length || !this.link) return;
    if (!this.#host.connection) setCurrentMatch(`/play/${this.#host.session}`);
    this.#inputs = new InputSender(this.view, seats, this.link.send, this.#host.topic);
    this.#inputs.start();
  }

  #takeControls(): void {
    const inputs = this.#inputs!;
    const view = this.view;
    const paddles = {
      steer: (seat: Side, dir: number, at: number) => view.revise(at, () => inputs.steer(seat, dir, at)),
      aim: (seat: Side, y: number, at: number) => view.revise(at, () => inputs.aim(seat, y, at)),
      y: (seat: Side) => view.scene(performance.now()).paddles[seat],
    };
    const zone = this.#host.querySelector<HTMLElement>(".match")!;
    const court = this.#host.querySelector<HTMLElement>("canvas")!;
    this.#controls = new Controls(paddles, this.seats, court, zone, !view.card?.ruleset?.directionsOnly);
  }

  readonly #draw = (now: number): void => {
    this.#frame = requestAnimationFrame(this.#draw);
    const view = this.view;
    if (!view.card || !view.server.set || !this.#painter) return;
    this.#controls?.poll(now);
    const scene = view.scene(now);
    this.#sense(scene, now);
    this.#painter.draw(scene, view.half, now, !view.clock.running(view.server.at(now)));
    this.#last = scene;
    this.#tick(now);
    const notice = noticeOf(view, scene, this.seats, now);
    const before = this.notice;
    if (notice.big === before.big && notice.line === before.line && notice.small === before.small) return;
    this.notice = notice;
    this.#host.requestUpdate();
  };

  /** Plays, flashes and announces the events since the last drawing. */
  #sense(scene: Scene, now: number): void {
    const last = this.#last;
    if (scene.score[0] !== this.score[0] || scene.score[1] !== this.score[1]) {
      const scorer = scorerOf(this.score, scene.score);
      this.score = scene.score;
      const [left, right] = namesOf(this.view);
      this.spoken = messages().court.score(left, scene.score[0], right, scene.score[1]);
      this.#host.requestUpdate();
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
    if (scene.ended && !this.ended) {
      this.ended = now;
      const { card, result } = this.view;
      if (!this.#host.connection) {
        clearCurrentMatch(`/play/${this.#host.session}`);
        saveEnding(this.#host.session, { card: card!, result: result!, seats: this.seats });
      }
      if (this.seats.length === 1 && result!.winner && sideOf(result!.winner) === this.seats[0]) sound.play("won");
      const here = this.link;
      if (!this.#host.connection)
        setTimeout(
          () => this.#host.isConnected && here === this.link && go(`/result/${this.#host.session}`, true),
          AFTERGLOW,
        );
    }
  }

  /** Plays a sound for each second of a countdown once, and for its end. */
  #tick(now: number): void {
    const until = secondsToGo(this.view, now);
    if (until === this.#count) return;
    this.#count = until;
    sound.play(until ? "count" : "go");
  }
}
