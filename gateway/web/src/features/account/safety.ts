// Settings of an account beside its name and password: sign-ins, visibility of its matches, export, deletion.
import { type TemplateResult, html, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { AccountService, Audience, type SignIn } from "../../../gen/matchpoint/v1/account_pb";
import { call, callJson } from "../../api/client";
import { ActionElement } from "../../components/action-element";
import { confirm } from "../../components/confirm-dialog";
import { openDrawer } from "../../components/drawer";
import { dateTimeText, messages } from "../../i18n";
import { account, deleteAccount } from "../../stores/account";
import { go } from "../../stores/router";

const service = AccountService.method;

@customElement("mp-safety")
export class Safety extends ActionElement {
  protected override readonly signals = [account];
  @state() private signIns: readonly SignIn[] | undefined;
  @state() private history = Audience.UNSPECIFIED;
  @state() private said = "";

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#do(async () => {
      const [{ signIns }, { settings }] = await Promise.all([call(service.listSignIns, {}), call(service.getMe, {})]);
      [this.signIns, this.history] = [signIns, settings?.history || Audience.EVERYBODY];
    });
  }

  async #do(action: () => Promise<void>, said = ""): Promise<boolean> {
    this.said = "";
    const done = await this.run(action);
    if (done) this.said = said;
    return done;
  }

  #end({ signInId }: SignIn): void {
    void this.#do(async () => {
      await call(service.endSignIn, { signInId });
      this.signIns = this.signIns?.filter((one) => one.signInId !== signInId);
    }, messages().safety.ended);
  }

  #endOthers(): void {
    void this.#do(async () => {
      await call(service.endOtherSignIns, {});
      this.signIns = this.signIns?.filter(({ current }) => current);
    }, messages().safety.endedOthers);
  }

  #show(history: Audience): void {
    const before = this.history;
    this.history = history;
    void this.#do(async () => {
      this.history = (await call(service.updateSettings, { settings: { history } })).settings?.history ?? history;
    }, messages().safety.historySaved).then((done) => done || (this.history = before));
  }

  /** All pages of what is kept, as one file. */
  #export(): void {
    void this.#do(async () => {
      const matches: unknown[] = [];
      let pageToken = "";
      let data: unknown;
      do {
        const page = await callJson("matchpoint.v1.AccountService/ExportMyData", { pageToken });
        data ??= page["data"];
        matches.push(...((page["matches"] as unknown[] | undefined) ?? []));
        pageToken = String(page["nextPageToken"] ?? "");
      } while (pageToken);
      const text = JSON.stringify({ data, matches }, null, 2);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
      link.download = `matchpoint-${account.value?.name ?? "account"}.json`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    }, messages().safety.exported);
  }

  async #delete(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const [name, password] = [String(form.get("name") ?? "").trim(), String(form.get("password") ?? "")];
    const w = messages().safety;
    if (!(await confirm({ title: w.deleteAsk, text: w.deleteText, yes: w.deleteYes, danger: true }))) return;
    if (!(await this.#do(() => deleteAccount(name, password)))) return;
    openDrawer.value = "";
    go("/");
  }

  #signIn(one: SignIn): TemplateResult {
    const w = messages().safety;
    return html`<li data-testid="sign-in"
      ><span class="whom"
        ><b>${one.device.replace(" on ", " · ") || w.unknownDevice}</b>
        <small>${one.current ? w.current : w.usedAt(dateTimeText(one.usedUnixMs))}</small></span
      >
      ${
        one.current
          ? nothing
          : html`<button class="button" data-testid="sign-in-end" ?disabled=${this.busy} @click=${() => this.#end(one)}
              >${w.end}</button
            >`
      }</li
    >`;
  }

  #choice(history: Audience, label: string, hint: string): TemplateResult {
    return html`<label class="pick"
      ><input
        type="radio"
        name="history"
        value=${history}
        data-testid=${`history-${history}`}
        .checked=${live(this.history === history)}
        @change=${() => this.#show(history)}
      />
      <span><b>${label}</b><small>${hint}</small></span></label
    >`;
  }

  protected override render(): TemplateResult | typeof nothing {
    const here = account.value;
    if (!here) return nothing;
    const w = messages().safety;
    const others = this.signIns?.some(({ current }) => !current);
    return html` <p class="trouble" role="alert" data-testid="safety-trouble">${this.trouble}</p>
      <p class="said" role="status" data-testid="safety-said">${this.said}</p>
      <details
        ><summary data-testid="sign-ins-open">${w.signIns}</summary> ${
          this.signIns
            ? html`<ul data-testid="sign-ins"
                >${this.signIns.map((one) => this.#signIn(one))}</ul
              >`
            : html`<p class="hush">${messages().common.loading}</p>`
        }
        ${
          others
            ? html`<button
                class="button wide"
                data-testid="sign-ins-end-others"
                ?disabled=${this.busy}
                @click=${() => this.#endOthers()}
                >${w.endOthers}</button
              >`
            : nothing
        }</details
      >
      <details
        ><summary data-testid="history-open">${w.history}</summary>
        <fieldset class="picked">
          ${this.#choice(Audience.EVERYBODY, w.everybody, w.everybodyHint)}${this.#choice(
            Audience.FRIENDS,
            w.friends,
            w.friendsHint,
          )}${this.#choice(Audience.NOBODY, w.nobody, w.nobodyHint)}
        </fieldset></details
      >
      <details
        ><summary data-testid="data-open">${w.data}</summary
        ><div class="stack">
          <p class="hush">${w.exportHint}</p>
          <button
            class="button"
            data-testid="data-export"
            ?disabled=${this.busy}
            aria-busy=${this.busy}
            @click=${() => this.#export()}
            >${w.exportIt}</button
          ></div
        ></details
      >
      <details
        ><summary data-testid="delete-open">${w.remove}</summary>
        <form class="stack" @submit=${(e: SubmitEvent) => void this.#delete(e)}>
          <p class="hush">${w.removeGoes}</p><p class="hush">${w.removeStays}</p>
          <label
            >${w.typeName(here.name)}<input
              name="name"
              data-testid="delete-name"
              autocomplete="off"
              autocapitalize="off"
              spellcheck="false"
              maxlength="80"
              required
          /></label>
          ${
            here.guest
              ? nothing
              : html`<label
                  >${messages().account.password}<input
                    type="password"
                    name="password"
                    data-testid="delete-password"
                    autocomplete="current-password"
                    maxlength="200"
                    required
                /></label>`
          }
          <button class="button danger" data-testid="delete-account" ?disabled=${this.busy}>${w.deleteYes}</button>
        </form></details
      >`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "mp-safety": Safety;
  }
}
