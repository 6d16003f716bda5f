/** The opened labels of one item. */
export interface ItemRecord {
  /** The author's label; undefined when it was not opened. */
  readonly authorLabel: number | undefined;
  /** One entry a seat of the panel; undefined where it was not opened. */
  readonly panelLabels: readonly (number | undefined)[];
  readonly classes: number;
}

const openedLabels = ({ panelLabels }: ItemRecord): number[] =>
  panelLabels.filter((label) => label !== undefined);

/**
 * Whether the author and every panel label that was opened agree. Where there is a panel, one opened label
 * suffices, none does not: a cross-labeller that withholds pays with its bond, not with others' items.
 */
export function agreeAll(record: ItemRecord): boolean {
  const opened = openedLabels(record);
  if (record.authorLabel === undefined || (record.panelLabels.length > 0 && opened.length === 0))
    return false;
  return opened.every((label) => label === record.authorLabel);
}

/**
 * The label of more than half of all opened labels, the author's among them; undefined when there is none.
 */
export function majorityLabel(record: ItemRecord): number | undefined {
  const opened = openedLabels(record);
  if (record.authorLabel !== undefined) opened.push(record.authorLabel);
  return opened.find((label) => 2 * opened.filter((other) => other === label).length > opened.length);
}

/** How a label comes to count, from the labels of an item whose author opened. */
const LABEL_RULES: ReadonlyMap<string, (record: ItemRecord) => number | undefined> = new Map([
  ["own", (record) => record.authorLabel],
  ["all", (record) => (agreeAll(record) ? record.authorLabel : undefined)],
  ["majority", majorityLabel],
]);

/** The names of the rules. */
export const labelRuleNames: readonly string[] = [...LABEL_RULES.keys()];

/**
 * The class that counts under a rule ("own", "all" or "majority"), or undefined. An item whose author did not
 * open never counts. Throws a RangeError on another rule.
 */
export function labelByRule(rule: string, record: ItemRecord): number | undefined {
  const decide = LABEL_RULES.get(rule);
  if (!decide) throw new RangeError(`no such agreement rule: ${rule}`);
  return record.authorLabel === undefined ? undefined : decide(record);
}
