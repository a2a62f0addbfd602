// Account drawer: name, password, registration, sign-in and sign-out.
import { type TemplateResult, html, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";
import { Drawer, openDrawer } from "../../components/drawer";
import { messages } from "../../i18n";
import { account, changePassword, register, signIn, signOut, rename } from "../../stores/account";
import { go } from "../../stores/router";

@customElement("mp-account")
export class AccountDrawer extends Drawer {
  protected override readonly name = "account";
  protected override readonly signals = [account];
  @state() private signingIn = false;

  async #register(event: SubmitEvent): Promise<void> {
    const field = this.fields(event);
    await this.run(() => register(field("name"), field("password")), messages().account.registered);
  }

  async #signIn(event: SubmitEvent): Promise<void> {
    const field = this.fields(event);
    if (!(await this.run(() => signIn(field("name"), field("password"))))) return;
    this.signingIn = false;
    this.close();
  }

  async #rename(event: SubmitEvent): Promise<void> {
    const field = this.fields(event);
    if (field("name") !== account.value?.name) await this.run(() => rename(field("name")), messages().home.renamed);
  }

  async #change(event: SubmitEvent): Promise<void> {
    const form = event.target as HTMLFormElement;
    const field = this.fields(event);
    if (await this.run(() => changePassword(field("password"), field("newPassword")), messages().account.changed))
      form.reset();
  }

  async #signOut(): Promise<void> {
    if (!(await this.run(signOut))) return;
    this.close();
    go("/");
  }

  #password(name: "password" | "newPassword", label: string, fresh: boolean): TemplateResult {
    return html`<label
      >${label}<input
        type="password"
        name=${name}
        data-testid=${`account-${name}`}
        autocomplete=${fresh ? "new-password" : "current-password"}
        minlength=${fresh ? 8 : 1}
        maxlength="200"
        required
        placeholder=${fresh ? messages().account.passwordHint : ""}
    /></label>`;
  }

  #nameField(value: string): TemplateResult {
    return html`<label
      >${messages().account.name}<input
        name="name"
        data-testid="account-name"
        .value=${value}
        maxlength="80"
        autocomplete="username"
        autocapitalize="off"
        spellcheck="false"
        required
    /></label>`;
  }

  #signInForm(): TemplateResult {
    const w = messages().account;
    return html`<form class="stack" @submit=${(e: SubmitEvent) => void this.#signIn(e)}>
        ${this.#nameField("")}${this.#password("password", w.password, false)}
        ${account.value ? html`<p class="hush">${w.ends(account.value.name)}</p>` : nothing}
        <button class="button strong" data-testid="account-sign-in">${w.signIn}</button>
      </form>
      <button class="quiet" data-testid="account-have-not" @click=${() => (this.signingIn = false)}
        >${w.haveNot}</button
      >`;
  }

  #registerForm(): TemplateResult {
    const w = messages().account;
    return html`<p class="hush">${w.why}</p>
      <form class="stack" @submit=${(e: SubmitEvent) => void this.#register(e)}>
        ${this.#nameField(account.value?.name ?? "")}${this.#password("password", w.password, true)}
        <button class="button strong" data-testid="account-register">${w.register}</button>
      </form>
      <button class="quiet" data-testid="account-have" @click=${() => (this.signingIn = true)}>${w.have}</button>
      ${account.value ? html`<mp-safety></mp-safety>` : nothing}`;
  }

  #own(name: string): TemplateResult {
    const w = messages().account;
    return html`<form class="beside" @submit=${(e: SubmitEvent) => void this.#rename(e)}>
        ${this.#nameField(name)}<button class="button" data-testid="account-rename">${messages().home.rename}</button>
      </form>
      <details
        ><summary data-testid="account-change-open">${w.change}</summary>
        <form class="stack" @submit=${(e: SubmitEvent) => void this.#change(e)}>
          <input name="name" .value=${name} autocomplete="username" hidden />
          ${this.#password("password", w.current, false)}${this.#password("newPassword", w.next, true)}
          <button class="button" data-testid="account-change">${w.change}</button>
        </form></details
      >
      <button class="button" data-testid="account-sign-out" @click=${() => void this.#signOut()}>${w.signOut}</button>
      <mp-safety></mp-safety>`;
  }

  /** The rarely used lower half is a part of its own, loaded when it is shown. The form for signing in has none. */
  protected override willUpdate(): void {
    const here = account.value;
    if (openDrawer.value === this.name && here && !(here.guest && this.signingIn)) void import("./safety");
  }

  protected override render(): TemplateResult {
    const here = account.value;
    return this.frame(messages().account.title, () => {
      if (here && !here.guest) return this.#own(here.name);
      return this.signingIn ? this.#signInForm() : this.#registerForm();
    });
  }
}
