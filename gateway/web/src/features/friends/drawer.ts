// Friends: who is here, what they do, and what can be done together.
import { type TemplateResult, html, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { Bond, type Friend, Whereabouts } from "../../../gen/matchpoint/v1/friend_pb";
import { Drawer, openDrawer } from "../../components/drawer";
import { icons } from "../../components/icons";
import { messages } from "../../i18n";
import { account } from "../../stores/account";
import { friends, isReachable } from "../../stores/friends";
import { lobby } from "../../stores/lobby";
import { go, route } from "../../stores/router";

/** An invitation may be repeated after so long, milliseconds. */
const AGAIN = 10_000;

/** A row for each; it goes with its person, so that what is open in one never opens in another. */
const rows = (people: readonly Friend[], row: (friend: Friend) => TemplateResult): unknown =>
  repeat(people, (f) => f.accountId, row);

const whom = (name: string, about: TemplateResult | typeof nothing = nothing): TemplateResult =>
  html`<span class="whom"
    ><b><bdi>${name}</bdi></b
    >${about}</span
  >`;

@customElement("mp-friends")
export class FriendsDrawer extends Drawer {
  protected override readonly name = "friends";
  protected override readonly signals = [account, friends.list, friends.invitations, lobby.room, lobby.state, route];
  @state() private invited: readonly string[] = [];

  async #ask(event: SubmitEvent): Promise<void> {
    const form = event.target as HTMLFormElement;
    const name = this.fields(event)("name");
    if (!name || !(await this.run(() => friends.ask(name)))) return;
    form.reset();
    const same = (f: Friend): boolean => f.name.toLowerCase() === name.toLowerCase();
    const w = messages().friends;
    this.said = friends.of(Bond.FRIEND).some(same) ? w.nowFriends(name) : w.youAsked(name);
  }

  /** Into the own room; somebody who is in none opens one. */
  async #invite({ accountId }: Friend): Promise<void> {
    const done = await this.run(async () => {
      await lobby.open();
      const code = lobby.room.value?.code ?? (await lobby.enterDuelRoom());
      await lobby.send({ case: "invite", value: { accountId } });
      this.invited = [...this.invited, accountId];
      setTimeout(() => (this.invited = this.invited.filter((id) => id !== accountId)), AGAIN);
      if (route.value.page !== "room" || route.value.code !== code) go(`/room/${code}`);
    });
    if (done) this.said = messages().friends.invited;
  }

  #whereabouts(friend: Friend): string {
    const w = messages().friends;
    switch (friend.whereabouts) {
      case Whereabouts.ONLINE:
        return w.online;
      case Whereabouts.IN_ROOM:
        return w.inRoom;
      case Whereabouts.WATCHING:
        return w.watching;
      case Whereabouts.IN_MATCH:
        return w.inMatch;
      default:
        return w.away;
    }
  }

  #button(id: string, label: string, kind: string, action: () => Promise<void>): TemplateResult {
    return html`<button class=${kind} data-testid=${id} @click=${() => void this.run(action)}>${label}</button>`;
  }

  /** Buttons for doing something together; none during a match, which would be left. */
  #together(friend: Friend): TemplateResult | typeof nothing {
    const w = messages().friends;
    if (route.value.page === "play" || !isReachable(friend)) return nothing;
    const room = lobby.room.value;
    const here = room?.members.some((m) => m.accountId === friend.accountId);
    const wanted = this.invited.includes(friend.accountId);
    return html` ${
      friend.roomCode && !here
        ? html`<a class="button" href=${`/room/${friend.roomCode}`} data-testid="friend-join">${w.join}</a>`
        : nothing
    }
    ${
      friend.sessionId
        ? html`<a class="button" href=${`/watch/${friend.sessionId}`} data-testid="friend-watch"
            >${messages().common.watch}</a
          >`
        : nothing
    }
    ${
      here || (friend.roomCode && !room)
        ? nothing
        : html`<button
            class="button"
            data-testid="friend-invite"
            ?disabled=${wanted}
            @click=${() => void this.#invite(friend)}
            >${wanted ? w.invited : w.invite}</button
          >`
    }`;
  }

  /** Menu of a row: what is rarely done, and best not by accident. */
  #more({ name }: Friend, ...buttons: TemplateResult[]): TemplateResult {
    const title = messages().friends.more(name);
    return html`<details class="more"
      ><summary class="quiet icon" data-testid="friend-more" aria-label=${title} title=${title}
        >${icons.more()}</summary
      >
      <div>${buttons}</div></details
    >`;
  }

  #blockButton({ accountId }: Friend): TemplateResult {
    return this.#button("friend-block", messages().friends.block, "quiet", () => friends.block(accountId));
  }

  #friend(friend: Friend): TemplateResult {
    const w = messages().friends;
    const remove = this.#button("friend-remove", w.remove, "quiet", () => friends.remove(friend.accountId));
    return html`<li data-testid="friend" data-name=${friend.name}>
      <i class=${`light w${friend.whereabouts}`}></i>
      ${whom(friend.name, html`<small data-testid="friend-whereabouts">${this.#whereabouts(friend)}</small>`)}
      <span class="deeds">${this.#together(friend)} ${this.#more(friend, remove, this.#blockButton(friend))}</span>
    </li>`;
  }

  #asks(friend: Friend): TemplateResult {
    const w = messages().friends;
    return html`<li class="asks" data-testid="friend-asks" data-name=${friend.name}>
      ${whom(friend.name, html`<small>${w.asks}</small>`)}
      <span class="deeds"
        >${this.#button("friend-accept", w.accept, "button strong", () => friends.answer(friend.accountId, true))}
        ${this.#button("friend-decline", w.decline, "button", () => friends.answer(friend.accountId, false))}
        ${this.#more(friend, this.#blockButton(friend))}</span
      >
    </li>`;
  }

  #blocked(blocked: readonly Friend[]): TemplateResult {
    const w = messages().friends;
    return html`<details class="blocked"
      ><summary data-testid="friends-blocked">${w.blocked} (${blocked.length})</summary>
      <p class="hush">${w.blockHint}</p>
      <ul
        >${rows(
          blocked,
          (f) =>
            html`<li data-testid="friend-blocked" data-name=${f.name}
              >${whom(f.name)}
              ${this.#button("friend-unblock", w.unblock, "quiet", () => friends.unblock(f.accountId))}</li
            >`,
        )}</ul
      ></details
    >`;
  }

  protected override render(): TemplateResult {
    const w = messages().friends;
    return this.frame(w.title, () => {
      const [asks, near, asked, blocked] = [Bond.ASKS, Bond.FRIEND, Bond.ASKED, Bond.BLOCKED].map((bond) =>
        friends.of(bond),
      ) as [readonly Friend[], readonly Friend[], readonly Friend[], readonly Friend[]];
      const free = route.value.page !== "play";
      return html` ${
          account.value && lobby.state.value === "retrying"
            ? html`<p class="hush" role="status">${w.offline}</p>`
            : nothing
        }
        ${
          account.value && !account.value.guest
            ? nothing
            : html`<button
                class="quiet hint"
                data-testid="friends-register"
                @click=${() => (openDrawer.value = "account")}
                >${messages().account.why}</button
              >`
        }
        ${
          friends.invitations.value.length
            ? html`<ul data-testid="invitations"
                >${friends.invitations.value.map(
                  (i) =>
                    html`<li class="asks">
                      <span class="whom"><b>${w.invites(i.name)}</b></span
                      ><span class="deeds">
                        ${
                          free
                            ? html`<a class="button strong" href=${`/room/${i.roomCode}`} data-testid="invitation-join"
                                >${w.join}</a
                              >`
                            : nothing
                        }
                        <button class="button" @click=${() => friends.dismissInvitations(i.roomCode)}
                          >${w.later}</button
                        ></span
                      ></li
                    >`,
                )}</ul
              >`
            : nothing
        }
        ${
          asks.length
            ? html`<ul
                >${rows(asks, (f) => this.#asks(f))}</ul
              >`
            : nothing
        }
        <form class="beside" @submit=${(e: SubmitEvent) => void this.#ask(e)}>
          <label
            >${w.name}<input
              name="name"
              data-testid="friend-name"
              placeholder=${w.placeholder}
              maxlength="80"
              autocomplete="off"
              autocapitalize="off"
              spellcheck="false"
              required
          /></label>
          <button class="button" data-testid="friend-ask">${w.ask}</button></form
        >
        ${
          near.length
            ? html`<ul data-testid="friends"
                >${rows(near, (f) => this.#friend(f))}</ul
              >`
            : asks.length || asked.length
              ? nothing
              : html`<p class="hush">${w.empty}</p>`
        }
        ${
          asked.length
            ? html`<ul
                >${rows(
                  asked,
                  (f) =>
                    html`<li data-testid="friend-asked" data-name=${f.name}
                      >${whom(f.name, html`<small>${w.asked}</small>`)}
                      ${this.#button("friend-take-back", w.takeBack, "quiet", () => friends.remove(f.accountId))}</li
                    >`,
                )}</ul
              >`
            : nothing
        }
        ${blocked.length ? this.#blocked(blocked) : nothing}`;
    });
  }
}
