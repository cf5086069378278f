// The sections of a song and the styles that the viewer chose for them.

export interface Section {
  start: number; // seconds
  end: number; // seconds
  label: number; // sections of one label sound alike
}

/** From start, end, label; three numbers per section. */
export function sectionsFrom(flat: Float32Array): Section[] {
  return Array.from({ length: Math.floor(flat.length / 3) }, (_, i) => ({
    start: flat[3 * i]!,
    end: flat[3 * i + 1]!,
    label: flat[3 * i + 2]!,
  }));
}

export function letterOf(section: Section): string {
  return section.label >= 0 && section.label < 26 ? String.fromCharCode(65 + section.label) : String(section.label + 1);
}

/**
 * `chosen` (one style per section, '' = like the rest) after `style` was given to `where`: the number of a section from
 * 0, or -1 - label.
 */
export function withStyle(sections: Section[], chosen: string[], where: number, style: string): string[] {
  return sections.map((section, i) =>
    (where < 0 ? section.label === -1 - where : i === where) ? style : (chosen[i] ?? ''),
  );
}

/** In the notation of core/generate/plan/section_styles.h: by letter where all sections of a label agree, else by number. */
export function styleText(sections: Section[], chosen: string[]): string {
  const places: string[] = [];
  sections.forEach((section, i) => {
    const style = chosen[i];
    if (!style) return;
    const alike = sections.flatMap((other, k) => (other.label === section.label ? [k] : []));
    const whole = section.label >= 0 && section.label < 26 && alike.every((k) => chosen[k] === style);
    if (!whole) places.push(`${i + 1}=${style}`);
    else if (alike[0] === i) places.push(`${letterOf(section)}=${style}`);
  });
  return places.join(', ');
}

export interface Place {
  where: number; // as in withStyle
  name: string; // for people
}

/** Every place that can be given a style: kinds that come more than once, then each section. */
export function places(sections: Section[]): Place[] {
  const clock = (t: number): string =>
    `${Math.floor(Math.round(t) / 60)}:${String(Math.round(t) % 60).padStart(2, '0')}`;
  const kinds = [...new Set(sections.map((s) => s.label))].filter(
    (label) => sections.filter((s) => s.label === label).length > 1,
  );
  return [
    ...kinds.map((label) => ({ where: -1 - label, name: `All ${letterOf({ start: 0, end: 0, label })}` })),
    ...sections.map((s, i) => ({ where: i, name: `${i + 1}: ${letterOf(s)}, ${clock(s.start)} to ${clock(s.end)}` })),
  ];
}

/** The style that a place has now; null where its sections differ. */
export function styleAt(sections: Section[], chosen: string[], where: number): string | null {
  const here = chosen.filter((_, i) => (where < 0 ? sections[i]?.label === -1 - where : i === where));
  return here.every((style) => style === here[0]) ? (here[0] ?? '') : null;
}
