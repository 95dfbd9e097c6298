#include "serve/waiting_page.h"

#include <fmt/format.h>

#include "base/html.h"

namespace normlab {

std::string WaitingPage(const std::vector<std::string>& messages, const std::string& version) {
  std::string lines;
  for (const std::string& message : messages) {
    lines += fmt::format("<p><code>{}</code></p>\n", HtmlText(message));
  }
  return fmt::format(R"(<!DOCTYPE html>
<html lang="en" data-version="{}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>normlab: waiting for a study</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="waiting.css">
<script src="waiting.js" defer></script>
</head>
<body>
<main>
<h1>Nothing to show yet</h1>
<div role="status">
{}</div>
<p>This page becomes the study's page by itself as soon as there is one to be read.</p>
<p id="connection" hidden>The server does not answer; asked again every two seconds.</p>
<noscript><p>Without scripts it has to be loaded again by hand.</p></noscript>
</main>
</body>
</html>
)",
                     HtmlText(version), lines);
}

// A browser gives up on a stream that was answered with an error, and some on a server that is not
// there for a moment: then the stream is opened anew. A hidden page holds none, for a browser has
// six connections to a server, and a seventh page would not even load.
const std::string_view kWaitingScript = R"('use strict';
const shown = document.documentElement.dataset.version;
const note = document.getElementById('connection');
let stream = null;
function listen() {
  if (stream || document.hidden) return;
  stream = new EventSource('events');
  stream.onopen = () => { note.hidden = true; };
  stream.onmessage = (event) => {
    if (event.lastEventId !== shown) location.reload();
  };
  stream.onerror = () => {
    note.hidden = false;
    if (stream.readyState !== EventSource.CLOSED) return;
    stream = null;
    comeBack();
  };
}
async function comeBack() {
  const answer = await fetch('data.json', { method: 'HEAD' }).catch(() => null);
  if (answer?.status !== 403) return setTimeout(listen, 2000);
  note.textContent = 'The server has a new address: open the one that it printed.';
}
document.addEventListener('visibilitychange', () => {
  if (document.hidden && stream) {
    stream.close();
    stream = null;
  }
  listen();
});
listen();
)";

const std::string_view kWaitingStyle = R"(:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 3rem auto; max-width: 44rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; }
code { overflow-wrap: anywhere; }
)";

}  // namespace normlab
