// A room: its link, its people, its settings, and the way to its match. A tournament's entrants are loaded apart.
import { type PropertyValues, type TemplateResult, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Member } from "../../../gen/matchpoint/v1/lobby_pb";
import { ActionElement } from "../../components/action-element";
import { confirm } from "../../components/confirm-dialog";
import { icons } from "../../components/icons";
import type { PageElement } from "../../components/page-element";
import { messages } from "../../i18n";
import { account } from "../../stores/account";
import { type Command, lobby } from "../../stores/lobby";
import { go } from "../../stores/router";
import { RoomController, ownMember, takesPart } from "./controller";
import { outside } from "./outside";
import { settings } from "./settings";
import { type Commands, actions, memberLine, seat } from "./view";
import "../../components/befriend-button";
import "../../components/chat";
import "./door";

@customElement("mp-room")
export class RoomPage extends ActionElement {
  @property() code = "";
  @state() private copied = false;
  protected override readonly signals = [lobby.room, lobby.state, lobby.leaveCause, account];
  readonly #controller = new RoomController(this);
  readonly #commands: Commands = {
    send: (command) => void this.#do(command),
    kick: (member) => void this.#kick(member),
  };

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("code")) this.trouble = "";
    // The list of entrants is a part of its own, loaded in the room of a tournament.
    if (this.#controller.room?.tournament) void import("../tournament/entrants");
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("code")) void this.#controller.enter();
  }

  async #do(command: Command): Promise<void> {
    // After a refusal the controls show the server's values again.
    if (!(await this.attempt(() => lobby.send(command))))
      this.querySelector<PageElement>("mp-entrants")?.requestUpdate();
  }

  async #leave(): Promise<void> {
    const room = lobby.room.value;
    const w = messages().room;
    if (room?.sessionId && takesPart(ownMember(room))) {
      const text = room.tournament ? w.leaveTournament : w.leaveMatch;
      if (!(await confirm({ title: w.leaveAsk, text, yes: w.leaveYes, no: w.leaveNo, danger: !!room.tournament })))
        return;
    }
    await this.#do({ case: "leaveRoom", value: { code: this.code } });
    go("/");
  }

  get #link(): string {
    return `${location.origin}/room/${this.code}`;
  }

  async #copy(): Promise<void> {
    try {
      if (navigator.share && matchMedia("(pointer: coarse)").matches)
        await navigator.share({ title: "Matchpoint", url: this.#link });
      else {
        await navigator.clipboard.writeText(this.#link);
        this.copied = true;
        setTimeout(() => (this.copied = false), 2_000);
      }
    } catch {
      // No clipboard here: the link stays selected, to be copied by hand.
      this.querySelector<HTMLInputElement>("[data-testid=room-link]")?.select();
    }
  }

  async #kick({ accountId, name }: Member): Promise<void> {
    const w = messages().door;
    if (await confirm({ title: w.kickAsk(name), text: w.kickText, yes: w.kickYes, danger: true }))
      await this.#do({ case: "kick", value: { accountId } });
  }

  protected override render(): TemplateResult {
    const w = messages();
    const { room } = this.#controller;
    if (!room) return outside(this.code, this.#controller);
    const rules = settings(room, this.#commands.send);
    const bench = room.members.filter((m) => !m.seated);
    return html`<main class="room">
      <h1 class="unseen">${w.room.title} ${room.code}</h1>
      <section class="invite panel">
        <label for="room-link">${w.room.invite}</label>
        <div
          ><input
            id="room-link"
            data-testid="room-link"
            readonly
            .value=${this.#link}
            @focus=${(e: Event) => (e.target as HTMLInputElement).select()}
          />
          <button class="button strong" data-testid="room-copy" @click=${() => void this.#copy()}
            >${icons.copy()} ${this.copied ? w.common.copied : w.common.copy}</button
          ></div
        >
        <p class="code" data-testid="room-code" aria-label=${w.home.code}>${room.code}</p>
        <mp-door .room=${room}></mp-door>
      </section>
      ${
        lobby.state.value === "retrying"
          ? html`<p class="trouble" role="status" data-testid="overlay">${w.room.reconnecting}</p>`
          : nothing
      }
      ${lobby.state.value === "replaced" ? html`<p class="trouble" role="status">${w.room.elsewhere}</p>` : nothing}
      ${this.trouble ? html`<p class="trouble" role="alert" data-testid="trouble">${this.trouble}</p>` : nothing}
      ${
        room.tournament
          ? html`<mp-entrants
              .room=${room}
              .rules=${rules}
              @command=${(e: CustomEvent<Command>) => this.#commands.send(e.detail)}
            ></mp-entrants>`
          : html`<section class="seats"
                >${seat(room, 0, this.#commands)}<i class="net"></i>${seat(room, 1, this.#commands)}</section
              >
              <section class="actions" data-testid="room-actions">${actions(room, this.#commands)}</section>
              <div class="pair">
                <mp-chat></mp-chat>
                <div>
                  ${rules}
                  <section class="panel">
                    <h2>${w.room.bench}</h2>
                    ${
                      bench.length
                        ? html`<ul class="bench" data-testid="bench"
                            >${bench.map((m) => html`<li>${memberLine(room, m, this.#commands)}</li>`)}</ul
                          >`
                        : html`<p class="hush">${w.room.benchEmpty}</p>`
                    }
                  </section>
                </div>
              </div>`
      }
      <footer
        >${
          room.last
            ? html`<a href=${`/result/${room.last.sessionId}`} data-testid="room-last"
                >${w.room.last(room.last.result?.left ?? 0, room.last.result?.right ?? 0)}</a
              >`
            : nothing
        }
        <button class="quiet" data-testid="room-leave" @click=${() => void this.#leave()}
          >${w.room.leave}</button
        ></footer
      >
    </main>`;
  }
}
