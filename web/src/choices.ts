// What the viewer has chosen of the dance, shown by the drawn panels and by their twins alike.

import type { DanceSettings, TroupeSettings } from './core';
import { Formation, MAX_DANCERS, Setting, ViewText } from './generated/abi';
import { dom, fillSections, fillStyles, showSaves } from './page';
import { letterOf, places, sectionsFrom, styleAt, styleText, withStyle, type Section } from './sections';
import type { View } from './view';

export class Choices {
  settings: DanceSettings = { style: 'auto', sectionStyles: '', energy: 0.5, variation: 0.3, seed: 1, mirror: false };
  troupe: TroupeSettings = { dancers: 1, formation: 'unison', spacing: 2 };
  styles: string[] = []; // first 'auto'; empty until the models are known
  sections: Section[] = []; // of the song
  private chosen: string[] = []; // a style per section, '' = like the rest
  private view: View | null = null;

  /** The panels are there. */
  takeView(view: View): void {
    this.view = view;
    this.showTroupe();
    this.showStyles();
  }

  takeStyles(names: string[]): void {
    this.styles = ['auto', ...names];
    fillStyles(this.styles);
    this.showStyles();
  }

  /** The sections of another song, as the core gives them; choices for the last song's are forgotten. */
  takeSections(flat: Float32Array): void {
    this.sections = sectionsFrom(flat);
    this.chosen = this.sections.map(() => '');
    this.settings = { ...this.settings, sectionStyles: '' };
    fillSections(places(this.sections));
  }

  change(settings: Partial<DanceSettings>): void {
    this.settings = { ...this.settings, ...settings };
    this.show();
  }

  /** False when there can be no such troupe. */
  setTroupe(change: Partial<TroupeSettings>): boolean {
    const wanted = { ...this.troupe, ...change };
    const { dancers, spacing } = wanted;
    const possible =
      Number.isInteger(dancers) && dancers >= 1 && dancers <= MAX_DANCERS && spacing >= 0.5 && spacing <= 10;
    if (possible) this.troupe = wanted;
    this.showTroupe();
    return possible;
  }

  /** `where`: the number of a section from 0, or -1 - label. Returns the change for people; '' when nothing changed. */
  setSectionStyle(where: number, style: string): string {
    this.chosen = withStyle(this.sections, this.chosen, where, style);
    const text = styleText(this.sections, this.chosen);
    if (text === this.settings.sectionStyles) return '';
    this.change({ sectionStyles: text });
    const named =
      where < 0 ? `All sections ${letterOf({ start: 0, end: 0, label: -1 - where })}` : `Section ${where + 1}`;
    return `${named}: ${style || 'like the rest'}`;
  }

  show(): void {
    const { style, energy, variation, seed, mirror } = this.settings;
    this.view?.set(Setting.style, Math.max(0, this.styles.indexOf(style)));
    this.view?.set(Setting.energy, energy);
    this.view?.set(Setting.variation, variation);
    this.view?.text(ViewText.sectionStyles, this.chosen.join('\n'));
    this.view?.set(Setting.seed, seed);
    this.view?.set(Setting.mirror, mirror);
    dom.style.value = style;
    dom.energy.value = String(Math.round(energy * 100));
    dom.variation.value = String(Math.round(variation * 100));
    this.showSectionStyle();
    dom.seed.value = String(seed);
    dom.mirror.checked = mirror;
  }

  /** The style of the place chosen in the list of sections. */
  showSectionStyle(): void {
    dom.sectionStyle.value = styleAt(this.sections, this.chosen, Number(dom.section.value)) ?? '';
  }

  private showStyles(): void {
    if (this.styles.length > 0) this.view?.text(ViewText.styleNames, this.styles.join('\n'));
  }

  showTroupe(): void {
    const { dancers, formation, spacing } = this.troupe;
    this.view?.set(Setting.dancers, dancers);
    this.view?.set(Setting.formation, Formation[formation]);
    this.view?.set(Setting.spacing, spacing);
    dom.dancers.value = String(dancers);
    dom.formation.value = formation;
    dom.spacing.value = String(Math.round(spacing * 10) / 10);
    dom.formation.disabled = dancers < 2;
    dom.spacing.disabled = dancers < 2;
    showSaves(dancers);
  }
}
