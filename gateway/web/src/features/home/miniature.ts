// A live match in small: the same view as the watch page, without sound or words.
import { type TemplateResult, html } from "lit";
import { customElement, property } from "lit/decorators.js";
import { GameSocket } from "../../api/game-socket";
import { PageElement } from "../../components/page-element";
import { Painter, origin } from "../../game/painter";
import { type Scene, MatchView } from "../../game/view";

@customElement("mp-miniature")
export class Miniature extends PageElement {
  @property() session = "";
  #link: GameSocket | undefined;
  #view = new MatchView([]);
  #painter: Painter | undefined;
  #frame = 0;
  #last: Scene | undefined;

  protected override render(): TemplateResult {
    return html`<canvas class="court mini" aria-hidden="true"></canvas>`;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("visibilitychange", this.#sight);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("visibilitychange", this.#sight);
    this.#end();
  }

  protected override updated(changed: Map<string, unknown>): void {
    if (changed.has("session")) this.#sight();
  }

  /** Nobody looks at a hidden page: it does not watch either. */
  readonly #sight = (): void => {
    this.#end();
    if (!this.session || document.visibilityState !== "visible") return;
    const canvas = this.querySelector("canvas");
    if (!canvas) return;
    this.#painter = new Painter(canvas);
    this.#view = new MatchView([]);
    const view = this.#view;
    const session = this.session;
    this.#link = new GameSocket("/ws/watch", {
      hello: () => Promise.resolve({ sessionId: session }),
      message: ({ body }, at) => {
        if (body.case === "joined") view.server.reset();
        if (body.case === "frame") view.fold(body.value, at, () => undefined);
      },
      lost: () => undefined,
    });
    const draw = (now: number): void => {
      this.#frame = requestAnimationFrame(draw);
      if (!view.card || !view.server.set) return;
      const scene = view.scene(now);
      const hit = origin(scene);
      if (hit && this.#last?.flight && this.#last.flight !== scene.flight)
        this.#painter?.hit(hit.side, hit.x, hit.y, now);
      this.#last = scene;
      this.#painter?.draw(scene, view.half, now, false);
    };
    this.#frame = requestAnimationFrame(draw);
  };

  #end(): void {
    cancelAnimationFrame(this.#frame);
    this.#link?.close();
    this.#painter?.dispose();
    this.#link = this.#painter = undefined;
  }
}
