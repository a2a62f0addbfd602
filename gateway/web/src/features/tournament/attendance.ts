// Attendance of a tournament whose page is not open: a player's connection goes on, calls are shown and heard on every
// page, and the page of a match that begins is opened.
import { EntrantState } from "../../../gen/matchpoint/v1/tournament_pb";
import { unixNow } from "../../api/server-time";
import { whenVisible } from "../../components/when-visible";
import { sound } from "../../game/sound";
import { clearCurrentMatch } from "../../stores/current-match";
import { type MatchCall, matchCalls } from "../../stores/match-calls";
import { go, route } from "../../stores/router";
import { type Announcement, announcementFor, announcementForAll, matchBegunAnnouncement } from "./announcement";
import { TournamentConnection } from "./connection";
import { tournamentMessages } from "./labels";
import { notify } from "./notifications";

/** Countdowns are looked at so often, milliseconds. */
const TICK = 500;

const connections = new Map<string, { connection: TournamentConnection; off: () => void }>();
let timer: ReturnType<typeof setInterval> | undefined;
/** The last urgent call of each tournament, which was heard. */
const heard = new Map<string, string>();

/** Announcement for the players of a connection; at one keyboard, for all of them. */
export function announcementOn({ tournament, entrants }: TournamentConnection, now: number): Announcement | undefined {
  const [first, ...others] = entrants.value;
  if (first === undefined) return undefined;
  if (others.length) return announcementForAll(tournament, now);
  const me = tournament.entrants.get(first);
  return me && announcementFor(tournament, me, now);
}

/** Makes an urgent call heard, once, and seen where people are. */
export function ring(session: string, call: Announcement | undefined): void {
  const key = call?.urgent ? call.key : "";
  if (key && key !== heard.get(session)) {
    sound.play(key === "won" ? "won" : "go");
    navigator.vibrate?.([180, 90, 180]);
    notify(session, call!.big, call!.small);
  }
  heard.set(session, key);
}

/** The connection to a tournament: the one that went on meanwhile, or a new one. */
export function connectionTo(session: string): TournamentConnection {
  const before = connections.get(session)?.connection;
  release(session);
  return before ?? new TournamentConnection(session);
}

/** Its page is left, or was never there: who has something left to play stays. */
export function keepConnected(connection: TournamentConnection): void {
  const { session } = connection;
  const look = (): void => (stays(connection) ? tell() : drop(connection));
  const offs = [
    connection.seated.watch(() => arrive(connection)),
    connection.state.watch(look),
    connection.revision.watch(look),
  ];
  connections.set(session, { connection, off: () => offs.forEach((off) => off()) });
  timer ??= setInterval(tell, TICK);
  look();
}

function stays({ tournament, entrants, state }: TournamentConnection): boolean {
  if (state.value.is === "closed" || tournament.result) return false;
  // Before it is known who plays there nobody is let go.
  return (
    !tournament.spec ||
    entrants.value.some(
      (entrant) => tournament.isIn(entrant) || tournament.entrants.get(entrant)?.state === EntrantState.WAITING,
    )
  );
}

/** A match of theirs begins. In the middle of another one they are told, and not led away. */
function arrive({ session, seated }: TournamentConnection): void {
  tell();
  if (!seated.value || route.value.page === "play") return;
  whenVisible(() => connections.get(session)?.connection.seated.value && go(`/tournament/${session}`));
}

function drop(connection: TournamentConnection): void {
  clearCurrentMatch(`/tournament/${connection.session}`);
  release(connection.session);
  connection.close();
}

function release(session: string): void {
  connections.get(session)?.off();
  connections.delete(session);
  if (!connections.size) {
    clearInterval(timer);
    timer = undefined;
  }
  tell();
}

function tell(): void {
  const all: MatchCall[] = [];
  for (const [session, { connection }] of connections) {
    const call = connection.seated.value
      ? matchBegunAnnouncement(connection.seated.value.topic)
      : announcementOn(connection, unixNow());
    ring(session, call);
    if (call?.urgent)
      all.push({
        session,
        title: connection.tournament.spec?.title ?? "",
        big: call.big,
        small: call.small,
        way: tournamentMessages().way,
      });
  }
  if (JSON.stringify(all) !== JSON.stringify(matchCalls.value)) matchCalls.value = all;
}
