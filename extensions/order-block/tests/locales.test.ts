import {readdirSync, readFileSync} from 'node:fs';

import {expect, test} from 'vitest';

import texts from '../locales/en.default.json' with {type: 'json'};
import {reasons, states} from '../src/words.ts';

const source = readdirSync('src').map((file) => readFileSync(`src/${file}`, 'utf8')).join('\n');

test('every state has a word, and every word a state', () => {
  expect(Object.keys(texts.states).sort()).toEqual([...states].sort());
});

test('every reason has its words', () => {
  expect(Object.keys(texts.reasons).sort()).toEqual([...reasons].sort());
});

test('every text is used, in the source or in the manifest', () => {
  const manifest = readFileSync('shopify.extension.toml', 'utf8');
  for (const key of Object.keys(texts)) {
    const used = new RegExp(`t\\('${key}[.']|translate\\(\`${key}\\.|t\\(\`${key}\\.|'${key}' :|: '${key}'|"t:${key}"`);
    expect(used.test(source + manifest), key).toBe(true);
  }
});

test('the admin cuts no folded line', () => {
  const {number, exceptions, ...fixed} = texts.summary;
  const lines = [...Object.values(fixed), number.replace('{{number}}', '5'.repeat(18)), exceptions.other.replace('{{count}}', '999')];
  for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(30);
});
