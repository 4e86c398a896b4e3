/** Markdown as elements of ours: no text of it is ever taken for HTML. */
import type { ComponentChildren } from "preact";
import { safeHref } from "../log/ansi";
import { type Block as BlockOf, type Inline as InlineOf, readMarkdown } from "./markdown-tree";

interface Props {
  text: string;
  /** The address of a picture that the text names, if it is one that may be shown. */
  picture: (name: string) => string | null;
}

type PictureOf = Props["picture"];

export function Markdown({ text, picture }: Props) {
  return <div class="markdown">{blocks(readMarkdown(text), picture)}</div>;
}

function blocks(found: readonly BlockOf[], picture: PictureOf): ComponentChildren {
  return found.map((block, index) => <Block key={index} block={block} picture={picture} />);
}

function Block({ block, picture }: { block: BlockOf; picture: PictureOf }) {
  switch (block.type) {
    case "heading": {
      const Heading = `h${Math.min(6, block.depth + 1)}` as "h2"; // the page has its h1
      return <Heading>{inline(block.inner, picture)}</Heading>;
    }
    case "paragraph":
      return <p>{inline(block.inner, picture)}</p>;
    case "code":
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
        <pre tabIndex={0}>
          <code>{block.text}</code>
        </pre>
      );
    case "quote":
      return <blockquote>{blocks(block.blocks, picture)}</blockquote>;
    case "list":
      return <List list={block} picture={picture} />;
    case "table":
      return <Table table={block} picture={picture} />;
    case "rule":
      return <hr />;
  }
}

function List({ list, picture }: { list: BlockOf & { type: "list" }; picture: PictureOf }) {
  const items = list.items.map((item, index) => {
    const [only] = item.blocks;
    const bare = list.tight && only?.type === "paragraph";
    return (
      <li key={index}>
        {item.checked !== null && <input type="checkbox" checked={item.checked} disabled aria-label={`${index + 1}`} />}{" "}
        {bare && inline(only.inner, picture)}
        {blocks(bare ? item.blocks.slice(1) : item.blocks, picture)}
      </li>
    );
  });
  return list.start === null ? <ul>{items}</ul> : <ol start={list.start}>{items}</ol>;
}

function Table({ table, picture }: { table: BlockOf & { type: "table" }; picture: PictureOf }) {
  const side = (column: number) => (table.align[column] ? { textAlign: table.align[column] } : {});
  return (
    <table class="plain">
      <thead>
        <tr>
          {table.head.map((cell, index) => (
            <th key={index} style={side(index)}>
              {inline(cell, picture)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {table.rows.map((row, number) => (
          <tr key={number}>
            {row.map((cell, index) => (
              <td key={index} style={side(index)}>
                {inline(cell, picture)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function inline(found: readonly InlineOf[], picture: PictureOf): ComponentChildren {
  return found.map((piece, index) => <Inline key={index} piece={piece} picture={picture} />);
}

function Inline({ piece, picture }: { piece: InlineOf; picture: PictureOf }) {
  switch (piece.type) {
    case "text":
      return <>{piece.text}</>;
    case "code":
      return <code>{piece.text}</code>;
    case "strong":
      return <strong>{inline(piece.inner, picture)}</strong>;
    case "em":
      return <em>{inline(piece.inner, picture)}</em>;
    case "del":
      return <del>{inline(piece.inner, picture)}</del>;
    case "break":
      return <br />;
    case "link": {
      const href = safeHref(piece.href);
      if (!href) return <>{inline(piece.inner, picture)}</>;
      return (
        <a class="link" href={href} target="_blank" rel="noopener noreferrer nofollow">
          {inline(piece.inner, picture)}
        </a>
      );
    }
    case "image": {
      const source = picture(piece.href);
      return source ? <img src={source} alt={piece.alt} loading="lazy" /> : <span class="dim">{piece.raw}</span>;
    }
  }
}

/** The path of a file that a text at another path names; null for what lies elsewhere. */
export function besideOf(path: string, name: string): string | null {
  if (/^[a-z][a-z0-9+.-]*:|^\/|^\\/i.test(name)) return null;
  const parts = path.split("/").slice(0, -1);
  for (const part of name.split(/[?#]/)[0]!.split("/")) {
    if (part === "..") {
      if (!parts.length) return null;
      parts.pop();
    } else if (part && part !== ".") {
      try {
        parts.push(decodeURIComponent(part));
      } catch {
        parts.push(part);
      }
    }
  }
  return parts.join("/") || null;
}
