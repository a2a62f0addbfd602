// Door of a room: the host's choice of who may enter, visible to all, and the people who knock.
import { type TemplateResult, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { Door, type Room } from "../../../gen/matchpoint/v1/lobby_pb";
import { ActionElement } from "../../components/action-element";
import { confirm } from "../../components/confirm-dialog";
import { icons } from "../../components/icons";
import { sound } from "../../game/sound";
import { messages } from "../../i18n";
import { account } from "../../stores/account";
import { type Command, lobby } from "../../stores/lobby";

@customElement("mp-door")
export class RoomDoor extends ActionElement {
  @property({ attribute: false }) room!: Room;
  protected override readonly signals = [account];
  /** The host's new choice, until the server has answered. */
  @state() private wanted: Door | undefined;
  #knocking = new Set<string>();

  /** Somebody who has only just knocked is heard. */
  protected override willUpdate(): void {
    const knocks = this.room.knocks.map(({ accountId }) => accountId);
    if (this.#host && knocks.some((one) => !this.#knocking.has(one))) sound.play("go");
    this.#knocking = new Set(knocks);
  }

  get #host(): boolean {
    return this.room.hostAccountId === account.value?.accountId;
  }

  #do(command: Command): void {
    void this.run(() => lobby.send(command));
  }

  async #set(door: Door): Promise<void> {
    this.wanted = door;
    await this.run(() => lobby.send({ case: "setDoor", value: { door } }));
    this.wanted = undefined;
  }

  async #newCode(): Promise<void> {
    const w = messages().door;
    if (await confirm({ title: w.newAsk, text: w.newText, yes: w.newYes })) this.#do({ case: "newCode", value: {} });
  }

  #knocks(): TemplateResult | typeof nothing {
    const w = messages().door;
    const { knocks } = this.room;
    if (!knocks.length) return nothing;
    return html`<section class="panel knocks" aria-live="polite"
      ><h2>${w.knocks}</h2
      ><ul data-testid="knocks"
        >${knocks.map(
          ({ accountId, name }) =>
            html` <li data-testid="knock" data-name=${name}
              ><b><bdi>${name}</bdi></b
              >${
                this.#host
                  ? html`<span class="deeds">
                      <button
                        class="button strong"
                        data-testid="knock-accept"
                        @click=${() => this.#do({ case: "answerKnock", value: { accountId, accept: true } })}
                        >${w.letIn}</button
                      >
                      <button
                        class="button"
                        data-testid="knock-decline"
                        @click=${() => this.#do({ case: "answerKnock", value: { accountId, accept: false } })}
                        >${w.keepOut}</button
                      ></span
                    >`
                  : nothing
              }</li
            >`,
        )}</ul
      ></section
    >`;
  }

  protected override render(): TemplateResult {
    const w = messages().door;
    const ways = [
      [Door.OPEN, w.open],
      [Door.KNOCK, w.knock],
      [Door.LOCKED, w.locked],
    ] as const;
    const door = this.wanted ?? (this.room.door || Door.OPEN);
    return html`${this.#knocks()}
      <div class="door"
        >${
          this.#host
            ? html` <span class="asks" id="door-title">${w.title}</span>
                <div class="segments" role="radiogroup" aria-labelledby="door-title" data-testid="door"
                  >${ways.map(
                    ([way, label]) =>
                      html` <label
                        ><input
                          type="radio"
                          name="door"
                          value=${way}
                          data-testid=${`door-${way}`}
                          .checked=${live(way === door)}
                          @change=${() => void this.#set(way)}
                        /><span>${label}</span></label
                      >`,
                  )}</div
                >
                ${
                  this.room.sessionId
                    ? nothing
                    : html`<button class="quiet" data-testid="new-code" @click=${() => void this.#newCode()}
                        >${icons.renew()} ${w.newLink}</button
                      >`
                }`
            : door === Door.OPEN
              ? nothing
              : html`<p class="hush" data-testid="door-said">${door === Door.KNOCK ? w.knockSaid : w.lockedSaid}</p>`
        }
      </div>
      ${this.trouble ? html`<p class="trouble" role="alert" data-testid="door-trouble">${this.trouble}</p>` : nothing}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "mp-door": RoomDoor;
  }
}
