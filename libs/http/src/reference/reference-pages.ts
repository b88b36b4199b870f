import { errorCodes } from '#libs/errors';

export const referencePage = page(
  'Parley API',
  `<link rel="stylesheet" href="/docs/swagger-ui.css">
<script src="/docs/swagger-ui-bundle.js" defer></script>
<script src="/docs/start.js" defer></script>`,
  '<div id="reference"></div>',
);

/** What `docs/errors.md` says, under the anchors that problems name. */
export function errorsPage(): string {
  const entries = Object.entries(errorCodes).map(
    ([code, { status, title, remedy }]) =>
      `<h2 id="${code}">${String(status)} <code>${code}</code></h2><p>${escaped(title)}. ${escaped(remedy)}</p>`,
  );
  return page('Parley: errors', '', `<main class="errors"><h1>Errors</h1>${entries.join('\n')}</main>`);
}

function page(title: string, head: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="/docs/look.css">
${head}
</head>
<body>
${body}
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
