// State of a tournament's page: its connection, the match that is played here, and the time for countdowns.
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { DirectoryService } from "../../../gen/matchpoint/v1/directory_pb";
import { TournamentPhase } from "../../../gen/matchpoint/v1/tournament_pb";
import { call } from "../../api/client";
import { unixNow } from "../../api/server-time";
import { explain } from "../../i18n";
import { isolated } from "../../i18n/isolated";
import { account } from "../../stores/account";
import { clearCurrentMatch, setCurrentMatch } from "../../stores/current-match";
import { lobby } from "../../stores/lobby";
import { places } from "../../stores/places";
import type { Announcement } from "./announcement";
import { announcementOn, connectionTo, keepConnected, ring } from "./attendance";
import type { TournamentConnection } from "./connection";

/** Time for which the end of a player's own match is shown before the bracket returns, milliseconds. */
const AFTERGLOW = 2_500;
/** Time between two looks at the clock, milliseconds. */
const TICK = 250;

interface Host extends ReactiveControllerHost {
  readonly session: string;
}

export class TournamentController implements ReactiveController {
  connection: TournamentConnection | undefined;
  /** True if there is no such tournament. */
  missing = false;
  /** The match that is played here; it stays for a moment when it is over. */
  court = 0;
  /** Entrant whose way through the bracket is marked. */
  followed: number | undefined;
  /** Pairing whose board is open; 0 for none. */
  opened = 0;
  /** The server's time, milliseconds since 1970 UTC. */
  now = unixNow();

  readonly #host: Host;
  #watched: (() => void)[] = [];
  #timer: ReturnType<typeof setInterval> | undefined;
  #afterglow: ReturnType<typeof setTimeout> | undefined;
  /** True once the page has entered the tournament's room. */
  #entered = false;
  /** When the draw was first seen here. */
  #drawn = 0;

  constructor(host: Host) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    this.#timer = setInterval(() => this.#tick(), TICK);
  }

  hostDisconnected(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#afterglow);
    this.#end();
  }

  #end(): void {
    for (const off of this.#watched) off();
    if (this.connection) keepConnected(this.connection);
    this.connection = undefined;
  }

  /** Opens the tournament of the page's address. */
  begin(): void {
    this.#end();
    this.missing = false;
    this.court = this.opened = this.#drawn = 0;
    this.#entered = false;
    const { session } = this.#host;
    const connection = connectionTo(session);
    this.connection = connection;
    const redraw = (): void => this.#host.requestUpdate();
    const sit = (): void => {
      const [first, ...others] = connection.entrants.value;
      if (first === undefined) return;
      setCurrentMatch(`/tournament/${session}`);
      if (this.followed === undefined && !others.length) this.follow(first);
    };
    sit();
    if (connection.seated.value) this.#seat();
    this.#enterRoom();
    this.#watched = [
      places.list.watch(() => this.#enterRoom()),
      connection.revision.watch(redraw),
      connection.entrants.watch(sit),
      connection.seated.watch(() => this.#seat()),
      connection.state.watch(() => {
        const { value } = connection.state;
        if (value.is === "closed" && value.why !== "replaced") {
          clearCurrentMatch(`/tournament/${session}`);
          void this.#read();
        }
        redraw();
      }),
    ];
    redraw();
  }

  /** Enters the tournament's room, for its chat, if there is a place in it. Only once: another tab may go elsewhere. */
  #enterRoom(): void {
    const place = places.list.value.find(({ sessionId }) => sessionId === this.#host.session);
    if (!place || this.#entered) return;
    this.#entered = true;
    if (!place.current) lobby.enter(place.roomCode).catch((error: unknown) => console.warn(explain(error)));
  }

  /** Reads what is kept of a tournament that is over, or that cannot be had live. */
  async #read(): Promise<void> {
    const { connection } = this;
    if (!connection || connection.tournament.result) return;
    try {
      const { state } = await call(DirectoryService.method.readTournament, { sessionId: this.#host.session });
      if (!state) throw new Error("no state");
      connection.tournament.replace(state);
      connection.revision.value++;
    } catch {
      this.missing = !connection.tournament.spec;
      this.#host.requestUpdate();
    }
  }

  #seat(): void {
    const seated = this.connection?.seated.value;
    clearTimeout(this.#afterglow);
    if (seated) this.#show(seated.topic);
    else this.#afterglow = setTimeout(() => this.#show(0), AFTERGLOW);
  }

  #show(court: number): void {
    this.court = court;
    if (court) this.opened = 0;
    this.#host.requestUpdate();
  }

  /** Marks the way of an entrant, or of none. */
  follow(entrant: number | undefined): void {
    this.followed = entrant;
    this.#host.requestUpdate();
  }

  /** Opens the board of a pairing, or closes it if it is open; 0 closes any. */
  open(pairing: number): void {
    this.opened = this.opened === pairing ? 0 : pairing;
    this.#host.requestUpdate();
  }

  /** The only entrant who plays in this browser. */
  get me(): number | undefined {
    const mine = this.connection?.entrants.value ?? [];
    return mine.length === 1 ? mine[0] : undefined;
  }

  /** Announcement for this browser's players. */
  get announcement(): Announcement | undefined {
    return this.connection && announcementOn(this.connection, this.now);
  }

  get organises(): boolean {
    return !!account.value && account.value.accountId === this.connection?.tournament.spec?.organiserAccountId;
  }

  /** When the phase is over, as this page sees it: spectators see everything a little later. */
  get deadline(): bigint {
    const { tournament, entrants } = this.connection!;
    const late = entrants.value.length || this.organises ? 0 : (tournament.spec?.delayS ?? 0);
    return tournament.status!.deadlineUnixMs + BigInt(1000 * late);
  }

  /** Seeds whose names are in, while the draw is shown as it is made. */
  get revealed(): number {
    const tournament = this.connection?.tournament;
    if (tournament?.status?.phase !== TournamentPhase.DRAWN || matchMedia("(prefers-reduced-motion: reduce)").matches)
      return Infinity;
    this.#drawn ||= this.now;
    const shown =
      (this.now - this.#drawn) / Math.max(1, Number(tournament.status.deadlineUnixMs) - 1_000 - this.#drawn);
    return Math.ceil(shown * tournament.entrants.size);
  }

  /** Goes on with the countdowns, and makes each call heard once. */
  #tick(): void {
    this.now = unixNow();
    this.#host.requestUpdate();
    const tournament = this.connection?.tournament;
    const said = this.announcement;
    ring(this.#host.session, said);
    if (said?.urgent) document.title = `${this.now % 1000 < 500 ? "▶" : "▷"} ${said.big} · Matchpoint`;
    else if (tournament?.spec) document.title = `${isolated(tournament.spec.title)} · Matchpoint`;
  }
}
