// Button beside a name that asks for friendship or accepts it, or a label of the present bond.
import { type TemplateResult, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { Bond } from "../../gen/matchpoint/v1/friend_pb";
import { messages } from "../i18n";
import { isolated } from "../i18n/isolated";
import { account } from "../stores/account";
import { friends } from "../stores/friends";
import { ActionElement } from "./action-element";
import { icons } from "./icons";

@customElement("mp-befriend")
export class BefriendButton extends ActionElement {
  /** The other's account, and name; a bot has no account, and gets no button. */
  @property() who = "";
  @property() name = "";
  /** The name does not stand beside it: it is said. */
  @property({ type: Boolean }) named = false;
  protected override readonly signals = [account, friends.list];

  #button(label: string, title: string, action: () => Promise<void>): TemplateResult {
    return html`<button
        class="quiet befriend"
        data-testid="befriend"
        data-name=${this.name}
        ?disabled=${this.busy}
        aria-label=${title}
        title=${title}
        @click=${() => void this.run(action)}
        >${icons.befriend()} ${this.named ? title : label}</button
      >
      ${
        this.trouble
          ? html`<small class="trouble" role="alert" data-testid="befriend-trouble">${this.trouble}</small>`
          : nothing
      }`;
  }

  protected override render(): TemplateResult | typeof nothing {
    const w = messages().friends;
    if (!this.who || !account.value || this.who === account.value.accountId) return nothing;
    const said = (text: string): TemplateResult =>
      html`<small class="bond" data-testid="befriended" data-name=${this.name}
        >${this.named ? `${isolated(this.name)}: ` : ""}${text}</small
      >`;
    switch (friends.list.value.find((f) => f.accountId === this.who)?.bond) {
      case Bond.BLOCKED:
        return nothing;
      case Bond.FRIEND:
        return said(w.isFriend);
      case Bond.ASKED:
        return said(w.isAsked);
      case Bond.ASKS:
        return this.#button(w.accept, w.acceptWhom(this.name), () => friends.answer(this.who, true));
      default:
        return this.#button(w.add, w.addWhom(this.name), () => friends.ask(this.name));
    }
  }
}
