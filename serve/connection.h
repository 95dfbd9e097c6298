// One connection, of which nothing is trusted: how long a client takes and how much it sends is
// limited here, for httplib reads a line of any length and waits for each byte anew.
#pragma once

#include <httplib.h>

#include <chrono>
#include <string>

namespace normlab {

struct ConnectionLimits {
  std::chrono::milliseconds request{5000};   // from the connection to the head's last byte
  std::chrono::milliseconds write{10000};    // in which a client takes nothing at all
  std::chrono::milliseconds farewell{1000};  // until the client has closed its side
};

// A request's head is read whole, then handed to httplib line by line.
class Connection : public httplib::Stream {
 public:
  // The socket is non-blocking and stays the caller's.
  Connection(int socket, const ConnectionLimits& limits) : socket_(socket), limits_(limits) {}

  // 200; 400 where the client closed, 408 where it was too slow, 431 where it sent too much.
  int ReadHead();

  // Ends the sending side and reads away what the client still sends, for to close before that
  // would take from it what it was told.
  void Farewell();

  bool is_readable() const override { return place_ < head_.size(); }
  bool is_writable() const override;  // the client is still there
  ssize_t read(char* bytes, size_t size) override;
  ssize_t write(const char* bytes, size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  socket_t socket() const override { return socket_; }

 private:
  using Clock = std::chrono::steady_clock;
  bool Await(short events, Clock::time_point deadline) const;

  int socket_;
  ConnectionLimits limits_;
  std::string head_;  // the lines of it that are used
  std::size_t place_ = 0;
};

// Of a head, its first line and the headers that this server goes by; "" where it is no head. The
// rest of httplib's HTTP (ranges, encodings, bodies) is never reached.
std::string UsedLines(const std::string& head);

}  // namespace normlab
