// Which cards a line may be about. What a card is called, and which cards hold some words, the core knows: here it is
// only chosen which of the line's words to ask for together.

/** A line has more words than the name of a card; behind these nobody names one. */
const MOST_WORDS = 12;
/** Shorter words are parts of names, but begin none by themselves: half the cards would have them. */
const SHORTEST = 3;

interface Item {
  readonly id: string;
}

/**
 * The cards that `find` knows by the longest runs of words of a text, in its order, at most `most`. `find` answers
 * those that hold all words that it is asked for. Ends early once `isOver` says so.
 */
export async function cardsNamedIn<Card extends Item>(
  text: string,
  find: (words: string) => Promise<readonly Card[]>,
  most: number,
  isOver: () => boolean = () => false,
): Promise<Card[]> {
  const words = text.split(/\s+/).filter((word) => word !== "").slice(0, MOST_WORDS);
  const runs: { length: number; cards: readonly Card[] }[] = [];
  for (let from = 0; from < words.length; ) {
    let end = from;
    while (end < words.length && !isOver() && (end > from || beginsName(words[from]))) {
      const cards = await find(words.slice(from, end + 1).join(" "));
      if (cards.length === 0) break;
      end++;
      runs.push({ length: end - from, cards });
    }
    from = Math.max(end, from + 1);
  }
  const byLength = runs.sort((one, other) => other.length - one.length).flatMap(({ cards }) => cards);
  return [...new Map(byLength.map((card) => [card.id, card])).values()].slice(0, most);
}

function beginsName(word = ""): boolean {
  return (word.match(/[\p{L}\p{N}]/gu) ?? []).length >= SHORTEST;
}
