// The page of run folders over HTTP, told to go on as epochs end: for this machine alone, or for
// whoever has the token.
//
//   GET /           the page (or the one that waits until there is something to show)
//   GET /data.json  what the page shows, and, percent-encoded in the header Normlab-Message, which
//                   of several folders cannot be read; 404 and {"message": ...} where none can
//   GET /events     server-sent events: at once, then at every change, the message "data", whose id
//                   is the version; who comes back with the id that holds is told nothing
//
// HEAD answers as GET without the content. Nothing else exists and no file is served by its name.
// Where there is a token, all paths begin with it: /TOKEN/data.json.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "serve/listen_address.h"
#include "serve/live_page.h"

namespace normlab {

constexpr int kDefaultServePort = 7117;

struct ServerEntrance {
  int port = 0;  // 0: a free one
  ListenAddress address = {};
  // Empty: none is asked for, and only requests that name the loopback address as their host are
  // answered. Not to be left empty where other machines reach the address.
  std::string token = {};
};

struct ServerLimits {
  int connections = 128;                       // at once; a further one is answered 503
  int pages = 100;                             // of these, streams of events
  std::chrono::milliseconds look{1000};        // between two looks at the folders
  std::chrono::milliseconds request{5000};     // for a client to send its request
  std::chrono::milliseconds write{10000};      // for a client that takes nothing
  std::chrono::milliseconds heartbeat{15000};  // between two lines of a silent stream
};

class LiveServer {
 public:
  // Listens before it returns. Throws as Listener does (serve/listener.h).
  LiveServer(const ServerEntrance& entrance, std::vector<std::string> folders, BuildLivePage build,
             const ServerLimits& limits = {});
  ~LiveServer();  // ends every connection; waits for a page that is being built
  LiveServer(const LiveServer&) = delete;
  LiveServer& operator=(const LiveServer&) = delete;

  int port() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace normlab
