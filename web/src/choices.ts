// What the viewer has chosen of the dance.

import type { DanceSettings, TroupeSettings } from './core';
import { MAX_DANCERS } from './generated/abi';
import { fillSections, fillStyles } from './page';
import { letterOf, places, sectionsFrom, styleAt, styleText, withStyle, type Section } from './sections';

export class Choices {
  settings: DanceSettings = { style: 'auto', sectionStyles: '', energy: 0.5, variation: 0.3, seed: 1, mirror: false };
  troupe: TroupeSettings = { dancers: 1, formation: 'unison', spacing: 2 };
  styles: string[] = []; // first 'auto'; empty until the models are known
  sections: Section[] = []; // of the song
  chosen: string[] = []; // a style per section, '' = like the rest
  /** Shows what is chosen. */
  changed: () => void = () => undefined;

  takeStyles(names: string[]): void {
    this.styles = ['auto', ...names];
    fillStyles(this.styles);
    this.changed();
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
    this.changed();
  }

  /** False when there can be no such troupe. */
  setTroupe(change: Partial<TroupeSettings>): boolean {
    const wanted = { ...this.troupe, ...change };
    const { dancers, spacing } = wanted;
    const possible =
      Number.isInteger(dancers) && dancers >= 1 && dancers <= MAX_DANCERS && spacing >= 0.5 && spacing <= 10;
    if (possible) this.troupe = wanted;
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

  /** '' where nothing is chosen for this place. */
  styleAt(where: number): string {
    return styleAt(this.sections, this.chosen, where) ?? '';
  }
}
