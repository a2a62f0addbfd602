// Buttons of the header that change the language and switch the sound.
import { type TemplateResult, html } from "lit";
import { sound } from "../game/sound";
import { language, messages, setLanguage } from "../i18n";
import { icons } from "./icons";

export const languageAndSound = (redraw: () => void): TemplateResult => {
  const w = messages();
  return html` <button
      class="quiet"
      data-testid="language"
      lang=${language.value === "en" ? "ko" : "en"}
      title=${w.common.switchLanguage}
      @click=${() => setLanguage(language.value === "en" ? "ko" : "en")}
      >${language.value === "en" ? "한국어" : "English"}</button
    >
    <button
      class="quiet icon"
      data-testid="sound"
      aria-pressed=${sound.on}
      aria-label=${sound.on ? w.common.soundOn : w.common.soundOff}
      title=${sound.on ? w.common.soundOn : w.common.soundOff}
      @click=${() => {
        sound.on = !sound.on;
        redraw();
      }}
      >${sound.on ? icons.sound() : icons.mute()}</button
    >`;
};
