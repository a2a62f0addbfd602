// Friends: the list as it was last sent, invitations that wait, and what can be done about both. Each call throws
// Refused and Unreachable, and is answered with the list after it.
import { Bond, type Friend, type FriendList, FriendService, Whereabouts } from "../../gen/matchpoint/v1/friend_pb";
import type { Invited } from "../../gen/matchpoint/v1/lobby_pb";
import { call } from "../api/client";
import { Signal } from "../lib/signal";
import { ensureAccount } from "./account";

/** Invitations that are kept; the oldest goes first. */
const INVITATIONS = 8;

export class Friends {
  readonly list = new Signal<readonly Friend[]>([]);
  /** The newest first, one of each friend. */
  readonly invitations = new Signal<readonly Invited[]>([]);
  #revision = 0n;

  /** Number of requests and invitations that wait for an answer. */
  get waiting(): number {
    return this.of(Bond.ASKS).length + this.invitations.value.length;
  }

  of(bond: Bond): readonly Friend[] {
    return this.list.value.filter((friend) => friend.bond === bond);
  }

  /** A list from the server; one that is out of date is dropped. */
  replaceList(list: FriendList | undefined): void {
    if (!list || list.revision < this.#revision) return;
    this.#revision = list.revision;
    this.list.value = list.friends;
    const stays = this.invitations.value.filter((i) =>
      list.friends.some((f) => f.accountId === i.accountId && f.bond === Bond.FRIEND),
    );
    if (stays.length < this.invitations.value.length) this.invitations.value = stays;
  }

  invited(invitation: Invited): void {
    const others = this.invitations.value.filter((i) => i.accountId !== invitation.accountId);
    this.invitations.value = [invitation, ...others].slice(0, INVITATIONS);
  }

  /** The invitations to a room are settled: accepted, or not wanted. */
  dismissInvitations(roomCode: string): void {
    const others = this.invitations.value.filter((i) => i.roomCode !== roomCode);
    if (others.length < this.invitations.value.length) this.invitations.value = others;
  }

  /** Somebody else sits here. */
  clear(): void {
    this.#revision = 0n;
    this.list.value = [];
    this.invitations.value = [];
  }

  async ask(name: string): Promise<void> {
    await ensureAccount();
    this.replaceList((await call(FriendService.method.askFriend, { name })).list);
  }

  async answer(accountId: string, accept: boolean): Promise<void> {
    this.replaceList((await call(FriendService.method.answerFriend, { accountId, accept })).list);
  }

  async remove(accountId: string): Promise<void> {
    this.replaceList((await call(FriendService.method.removeFriend, { accountId })).list);
  }

  async block(accountId: string): Promise<void> {
    this.replaceList((await call(FriendService.method.blockAccount, { accountId })).list);
  }

  async unblock(accountId: string): Promise<void> {
    this.replaceList((await call(FriendService.method.unblockAccount, { accountId })).list);
  }
}

/** True if a friend could answer an invitation now. */
export const isReachable = (friend: Friend): boolean => friend.whereabouts > Whereabouts.AWAY;

export const friends = new Friends();
