// Places of this account in rooms: at most one for duels, any number for tournaments. The list is as last sent.
import type { Place, Places as Sent } from "../../gen/matchpoint/v1/lobby_pb";
import { Signal } from "../lib/signal";

export class Places {
  readonly list = new Signal<readonly Place[]>([]);
  /** Tournaments that are on, to which this page has not been: the first one is called out. */
  readonly begun = new Signal<readonly string[]>([]);
  #revision = 0n;
  #seen = new Set<string>();

  /** The room for duels. */
  get duel(): Place | undefined {
    return this.list.value.find(({ title }) => !title);
  }

  get tournaments(): readonly Place[] {
    return this.list.value.filter(({ title }) => title);
  }

  /** The tournament that is to be called out. */
  get announced(): Place | undefined {
    return this.tournaments.find(({ sessionId }) => this.begun.value.includes(sessionId));
  }

  /** Running session of another room: first a match, which is not left without asking, else a tournament. */
  elsewhere(roomCode: string): Place | undefined {
    const on = this.list.value.filter((place) => place.sessionId && place.roomCode !== roomCode);
    return on.find(({ title }) => !title) ?? on[0];
  }

  of(roomCode: string): Place | undefined {
    return this.list.value.find((place) => place.roomCode === roomCode);
  }

  /** Takes a list from the server; an outdated one is dropped. The `first` of a connection has what began before. */
  replaceList(sent: Sent, first: boolean): void {
    if (sent.revision < this.#revision) return;
    this.#revision = sent.revision;
    this.list.value = sent.places;
    if (first) for (const { sessionId } of this.tournaments) if (sessionId) this.announce(sessionId);
  }

  /** A tournament has begun, and the page does not go there by itself. */
  announce(session: string): void {
    if (!this.#seen.has(session) && !this.begun.value.includes(session))
      this.begun.value = [...this.begun.value, session];
  }

  /** The page is there, or is not to be called there again. */
  dismiss(session: string): void {
    this.#seen.add(session);
    if (this.begun.value.includes(session)) this.begun.value = this.begun.value.filter((one) => one !== session);
  }

  /** Somebody else sits here. */
  clear(): void {
    this.#revision = 0n;
    this.list.value = this.begun.value = [];
    this.#seen.clear();
  }
}

export const places = new Places();
