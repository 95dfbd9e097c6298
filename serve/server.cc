#include "serve/server.h"

#include <httplib.h>
#include <sys/socket.h>

#include <cassert>
#include <exception>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "base/error.h"
#include "base/helpers.h"
#include "serve/answers.h"
#include "serve/connection.h"
#include "serve/headers.h"
#include "serve/listener.h"
#include "serve/watch.h"

namespace normlab {
namespace {

// Told 503 in words; more than these are closed without.
constexpr int kMostRefusals = 16;

// httplib's HTTP without its sockets and threads: its accept loop ends at errors that pass, and it
// reads and waits without limits (serve/connection.h).
class Http : public httplib::Server {
 public:
  Http(int listener, bool loopback, HandlerWithResponse handler) {
    svr_sock_ = listener;  // what httplib takes for running
    set_pre_routing_handler(std::move(handler));
    httplib::Headers headers;
    for (const auto& [name, value] : CommonHeaders()) {
      // Over plain HTTP browsers heed it of loopback addresses alone, and complain of others.
      if (loopback || name != kOpenerPolicy) headers.emplace(name, value);
    }
    set_default_headers(std::move(headers));
  }
  void Answer(Connection& connection) {
    bool closed = false;
    process_request(connection, true, closed, nullptr);
  }
};

}  // namespace

class LiveServer::Impl {
 public:
  Impl(const ServerEntrance& entrance, std::vector<std::string> folders, BuildLivePage build,
       const ServerLimits& limits)
      : limits_(limits),
        listener_(entrance.address, entrance.port),
        watch_(FolderReader(std::move(folders), std::move(build)), limits.look),
        answers_(watch_, limits, entrance),
        http_(listener_.descriptor(), entrance.address.is_loopback(),
              [this](const httplib::Request& request, httplib::Response& response) {
                answers_.Answer(request, response);
                return httplib::Server::HandlerResponse::Handled;
              }),
        accepting_(BeginThread("serve", [this] { AcceptAll(); })) {
    assert(entrance.address.is_loopback() || !entrance.token.empty());
  }

  ~Impl() {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    listener_.Wake();
    accepting_.join();
    watch_.Stop();
    for (const Client& client : clients_) shutdown(client.socket.get(), SHUT_RDWR);
    for (Client& client : clients_) client.thread.join();
  }

  int port() const { return listener_.port(); }

 private:
  struct Client {
    explicit Client(int fd) : socket(fd) {}
    Descriptor socket;
    std::thread thread;
    bool done = false;  // under mutex_
  };

  void AcceptAll() {
    while (true) {
      const int socket = listener_.Accept();
      // The list is this thread's; only what is done, and the end, others tell.
      const std::lock_guard lock(mutex_);
      clients_.remove_if([](Client& client) {
        if (client.done) client.thread.join();
        return client.done;
      });
      if (socket >= 0) Begin(socket);
      if (stop_) return;
    }
  }

  void Begin(int socket) {
    const int open = static_cast<int>(clients_.size());
    Client& client = clients_.emplace_back(socket);
    try {
      if (open >= limits_.connections + kMostRefusals) throw RunError("too many clients");
      client.thread = BeginThread("serve", [this, &client, refused = open >= limits_.connections] {
        try {
          Serve(client.socket.get(), refused);
        } catch (const std::exception&) {  // no memory: this client goes, the server stays
        }
        const std::lock_guard lock(mutex_);
        client.done = true;
        listener_.Wake();
      });
    } catch (const std::exception&) {  // or the system has no thread to give
      clients_.pop_back();
    }
  }

  void Serve(int socket, bool refused) {
    Connection connection(socket, {limits_.request, limits_.write});
    const int status = connection.ReadHead();
    if (status != 200 || refused) {
      const std::string text = Refusal(status == 200 ? 503 : status);
      connection.write(text.data(), text.size());
    } else {
      http_.Answer(connection);
    }
    connection.Farewell();
  }

  const ServerLimits limits_;
  Listener listener_;
  Watch watch_;
  Answers answers_;
  Http http_;
  std::mutex mutex_;
  std::list<Client> clients_;
  bool stop_ = false;
  std::thread accepting_;
};

LiveServer::LiveServer(const ServerEntrance& entrance, std::vector<std::string> folders,
                       BuildLivePage build, const ServerLimits& limits)
    : impl_(std::make_unique<Impl>(entrance, std::move(folders), std::move(build), limits)) {}

LiveServer::~LiveServer() = default;

int LiveServer::port() const { return impl_->port(); }

}  // namespace normlab
