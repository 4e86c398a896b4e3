/** Markdown as elements of ours: its tokens are read, and no text of it is ever taken for HTML. */
import { marked, type Token, type Tokens } from "marked";
import type { ComponentChildren } from "preact";
import { safeHref } from "../log/ansi";

interface Props {
  text: string;
  /** The address of a picture that the text names, if it is one that may be shown. */
  picture: (name: string) => string | null;
}

export function Markdown({ text, picture }: Props) {
  return <div class="markdown">{blocks(marked.lexer(text, { gfm: true }), picture)}</div>;
}

type PictureOf = Props["picture"];

function blocks(tokens: readonly Token[], picture: PictureOf): ComponentChildren {
  return tokens.map((token, index) => <Block key={index} token={token} picture={picture} />);
}

function Block({ token, picture }: { token: Token; picture: PictureOf }): ComponentChildren {
  switch (token.type) {
    case "space":
    case "def":
      return null;
    case "heading": {
      const Heading = `h${Math.min(6, token.depth + 1)}` as "h2"; // the page has its h1
      return <Heading>{inline(token.tokens ?? [], picture)}</Heading>;
    }
    case "paragraph":
      return <p>{inline(token.tokens ?? [], picture)}</p>;
    case "text":
      return <>{token.tokens ? inline(token.tokens, picture) : entities(token.text)}</>;
    case "code":
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
        <pre tabIndex={0}>
          <code>{token.text}</code>
        </pre>
      );
    case "blockquote":
      return <blockquote>{blocks(token.tokens ?? [], picture)}</blockquote>;
    case "list":
      return <List list={token as Tokens.List} picture={picture} />;
    case "table":
      return <Table table={token as Tokens.Table} picture={picture} />;
    case "hr":
      return <hr />;
    default:
      return <p>{token.raw}</p>; // HTML, and what is not known, as it is written
  }
}

function List({ list, picture }: { list: Tokens.List; picture: PictureOf }) {
  const items = list.items.map((item, index) => (
    <li key={index}>
      {item.task && <input type="checkbox" checked={item.checked ?? false} disabled aria-label={item.text} />}{" "}
      {blocks(
        item.tokens.filter((each) => each.type !== "checkbox"),
        picture,
      )}
    </li>
  ));
  return list.ordered ? <ol start={Number(list.start) || 1}>{items}</ol> : <ul>{items}</ul>;
}

function Table({ table, picture }: { table: Tokens.Table; picture: PictureOf }) {
  const side = (cell: Tokens.TableCell) => (cell.align ? { textAlign: cell.align } : {});
  return (
    <table class="plain">
      <thead>
        <tr>
          {table.header.map((cell, index) => (
            <th key={index} style={side(cell)}>
              {inline(cell.tokens, picture)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {table.rows.map((row, number) => (
          <tr key={number}>
            {row.map((cell, index) => (
              <td key={index} style={side(cell)}>
                {inline(cell.tokens, picture)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function inline(tokens: readonly Token[], picture: PictureOf): ComponentChildren {
  return tokens.map((token, index) => <Inline key={index} token={token} picture={picture} />);
}

function Inline({ token, picture }: { token: Token; picture: PictureOf }): ComponentChildren {
  const inner = () => inline((token as { tokens?: Token[] }).tokens ?? [], picture);
  switch (token.type) {
    case "strong":
      return <strong>{inner()}</strong>;
    case "em":
      return <em>{inner()}</em>;
    case "del":
      return <del>{inner()}</del>;
    case "codespan":
      return <code>{token.text}</code>;
    case "br":
      return <br />;
    case "link": {
      const href = safeHref(token.href);
      if (!href) return <>{inner()}</>;
      return (
        <a class="link" href={href} target="_blank" rel="noopener noreferrer nofollow">
          {inner()}
        </a>
      );
    }
    case "image": {
      const source = picture(token.href);
      return source ? <img src={source} alt={token.text} loading="lazy" /> : <span class="dim">{token.raw}</span>;
    }
    case "text":
    case "escape":
      return <>{token.type === "text" && "tokens" in token && token.tokens ? inner() : entities(token.text)}</>;
    default:
      return <>{token.raw}</>;
  }
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

/** The few names of characters that people write; all else stays as it is. */
function entities(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|apos|nbsp);/g, (_, name: string) => ENTITIES[name]!);
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
