import { expect, test } from "vitest";
import { type Block, type Inline, readInline, readMarkdown } from "../../src/files/preview/markdown-tree";

/** A tree in short: `heading1(text)`. */
function brief(blocks: readonly Block[]): string {
  return blocks
    .map((block) => {
      switch (block.type) {
        case "heading":
          return `h${block.depth}(${line(block.inner)})`;
        case "paragraph":
          return `p(${line(block.inner)})`;
        case "code":
          return `code[${block.language}](${block.text})`;
        case "quote":
          return `quote(${brief(block.blocks)})`;
        case "list":
          return `${block.start === null ? "ul" : `ol${block.start}`}(${block.items
            .map((item) => `${item.checked === null ? "" : item.checked ? "x:" : "o:"}${brief(item.blocks)}`)
            .join(" | ")})`;
        case "table":
          return `table[${block.align.map((side) => side?.[0] ?? "-").join("")}](${[block.head, ...block.rows]
            .map((row) => row.map(line).join(","))
            .join(";")})`;
        default:
          return block.type;
      }
    })
    .join(" ");
}

function line(inner: readonly Inline[]): string {
  return inner
    .map((each) => {
      if (each.type === "text") return each.text;
      if (each.type === "code") return `\`${each.text}\``;
      if (each.type === "image") return `img:${each.href}`;
      if (each.type === "break") return "/";
      return each.type === "link"
        ? `link:${each.href}<${line(each.inner)}>`
        : `${each.type}<${line((each as { inner: Inline[] }).inner)}>`;
    })
    .join("");
}

test.each([
  ["# One\n\nTwo\nlines\n\n## Three ##", "h1(One) p(Two\nlines) h2(Three)"],
  ["Title\n=====\n\nPart\n---\n", "h1(Title) h2(Part)"],
  ["a\n\n---\n\nb", "p(a) rule p(b)"],
  ["```python\nprint('#')\n\n- no list\n```\nafter", "code[python](print('#')\n\n- no list) p(after)"],
  ["```\nnever closed", "code[](never closed)"],
  ["    indented\n\n    more", "code[](indented\n\nmore)"],
  ["> a\n> > b", "quote(p(a) quote(p(b)))"],
  ["- a\n- b\n  - c\n- d", "ul(p(a) | p(b) ul(p(c)) | p(d))"],
  ["3. a\n4. b", "ol3(p(a) | p(b))"],
  ["- [ ] open\n- [x] done", "ul(o:p(open) | x:p(done))"],
  ["- a\n\n  second\n\n- b", "ul(p(a) p(second) | p(b))"],
  ["| a | b |\n|:--|--:|\n| 1 | x\\|y |\n| 2 |", "table[lr](a,b;1,x|y;2,)"],
  ["text\n- list", "p(text) ul(p(list))"],
  ["<b>html</b>\n\n<script>alert(1)</script>", "p(<b>html</b>) p(<script>alert(1)</script>)"],
])("%j", (text, tree) => {
  expect(brief(readMarkdown(text))).toBe(tree);
});

test.each([
  ["a **b _c_** d", "a strong<b em<c>> d"],
  ["*a* and 2 * 3 * 4", "em<a> and 2 * 3 * 4"],
  ["snake_case_name stays", "snake_case_name stays"],
  ["`a *b*` and ``x ` y``", "`a *b*` and `x ` y`"],
  ["[t](https://e.org/a_(b) 'x')", "link:https://e.org/a_(b)<t>"],
  ["![p](a/b.png) <https://e.org>", "img:a/b.png link:https://e.org<https://e.org>"],
  ["see https://e.org/x, or not", "see link:https://e.org/x<https://e.org/x>, or not"],
  ["\\*no\\* &lt;&amp; ~~gone~~", "*no* <& del<gone>"],
  ["one  \ntwo", "one/two"],
  ["[x](javascript:alert(1))", "link:javascript:alert(1)<x>"],
])("%j within a line", (text, tree) => {
  expect(line(readInline(text))).toBe(tree);
});

test.each(["[", "a`", "> ", "- a ", "_a", "![](", "| "])("thousands of %j are read", (piece) => {
  expect(brief(readMarkdown(piece.repeat(3000)))).toContain(piece.trim());
});
