// Styles for sections: first lists that make no sense, then what the viewer's choices become for the core.
import { letterOf, places, sectionsFrom, styleAt, styleText, withStyle } from '../../web/src/sections';

const song = sectionsFrom(new Float32Array([0, 10, 0, 10, 20.4, 1, 20.4, 30, 0, 30, 65, 2]));

describe('sections', () => {
  it('survives lists that make no sense', () => {
    expect(sectionsFrom(new Float32Array([1, 2]))).toEqual([]);
    expect(styleText([], ['house'])).toBe('');
    expect(styleText(song, [])).toBe('');
    expect(withStyle(song, [], 99, 'house')).toEqual(['', '', '', '']);
    expect(withStyle(song, ['a', 'b', 'c', 'd', 'e'], -1 - 77, 'house')).toEqual(['a', 'b', 'c', 'd']);
    expect(places([])).toEqual([]);
    expect(letterOf({ start: 0, end: 1, label: 40 })).toBe('41');
    expect(styleText([{ start: 0, end: 1, label: 40 }], ['house'])).toBe('1=house'); // the grammar has 26 letters
  });
  it('writes one section by its number, all of a kind by their letter', () => {
    expect(styleText(song, withStyle(song, [], 2, 'house'))).toBe('3=house');
    expect(styleText(song, withStyle(song, [], -1, 'house'))).toBe('A=house');
    const both = withStyle(song, withStyle(song, [], 0, 'break'), 2, 'break');
    expect(styleText(song, both)).toBe('A=break');
    const mixed = withStyle(song, withStyle(song, [], -1, 'house'), 2, 'salsa');
    expect(styleText(song, mixed)).toBe('1=house, 3=salsa');
    expect(styleText(song, withStyle(song, mixed, -1, ''))).toBe('');
  });
  it('names the places, and says what each has', () => {
    expect(places(song).map((p) => p.name)).toEqual([
      'All A',
      '1: A, 0:00 to 0:10',
      '2: B, 0:10 to 0:20',
      '3: A, 0:20 to 0:30',
      '4: C, 0:30 to 1:05',
    ]);
    const mixed = withStyle(song, [], 2, 'salsa');
    expect(styleAt(song, mixed, 2)).toBe('salsa');
    expect(styleAt(song, mixed, 1)).toBe('');
    expect(styleAt(song, mixed, -1)).toBeNull();
  });
});
