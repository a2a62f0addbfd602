// Invitations of this account into running tournaments, by organisers. The list is as last sent.
import { DirectoryService, type Entry } from "../../gen/matchpoint/v1/directory_pb";
import type { Invitation, Invitations as Sent } from "../../gen/matchpoint/v1/lobby_pb";
import { call } from "../api/client";
import { Signal } from "../lib/signal";

export class Invitations {
  /** The newest first. */
  readonly list = new Signal<readonly Invitation[]>([]);
  #revision = 0n;
  #later = new Set<string>();

  /** The one that is to be shown. */
  get current(): Invitation | undefined {
    return this.list.value.find(({ sessionId }) => !this.#later.has(sessionId));
  }

  /** A list from the server; one that is out of date is dropped. */
  replaceList(sent: Sent): void {
    if (sent.revision < this.#revision) return;
    this.#revision = sent.revision;
    this.list.value = sent.invitations;
  }

  /** The way in, for who accepts. Throws Refused, Unreachable. */
  async answer(sessionId: string, accept: boolean): Promise<Entry | undefined> {
    const { entry } = await call(DirectoryService.method.answerInvitation, { sessionId, accept });
    this.list.value = this.list.value.filter((one) => one.sessionId !== sessionId);
    return entry;
  }

  /** It is not to be shown again on this page; it stays open. */
  postpone(sessionId: string): void {
    this.#later.add(sessionId);
    this.list.value = [...this.list.value];
  }

  /** Somebody else sits here. */
  clear(): void {
    this.#revision = 0n;
    this.#later.clear();
    this.list.value = [];
  }
}

export const invitations = new Invitations();
