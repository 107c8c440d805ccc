#include "base/http.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "base/file.h"
#include "base/http_trouble.h"
#include "base/poller.h"
#include "base/text.h"

namespace assay {
namespace {

// Longer header blocks are no header blocks.
constexpr std::size_t kMostHeaderBytes = 1U << 20U;
constexpr auto kSilenceLook = std::chrono::milliseconds{50};
constexpr auto kNap = std::chrono::milliseconds{100};

void initialise() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

/// Loopback never goes through a proxy, whatever the environment says.
std::string no_proxy() {
  std::string list = "localhost,127.0.0.1,::1";
  for (const char* name : {"no_proxy", "NO_PROXY"}) {
    if (const auto told = environment(name); told && !told->empty()) return list + "," + *told;
  }
  return list;
}

}  // namespace

std::optional<std::string> header_of(const std::vector<HttpHeader>& headers, std::string_view name) {
  const auto at =
      std::find_if(headers.begin(), headers.end(), [&](const HttpHeader& one) { return one.name == name; });
  if (at == headers.end()) return std::nullopt;
  return at->value;
}

class HttpClient::Impl {
 public:
  explicit Impl(Clock& clock);
  ~Impl();
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  HttpId start(HttpRequest request);
  std::vector<HttpEvent> wait(Nanos until);
  void cancel(HttpId id);
  std::size_t in_flight() const { return transfers_.size(); }
  Clock& clock() { return clock_; }
  void put_back(std::vector<HttpEvent> events) {
    events_.insert(events_.begin(), std::make_move_iterator(events.begin()),
                   std::make_move_iterator(events.end()));
  }

 private:
  struct Transfer {
    Impl* owner = nullptr;
    HttpId id = 0;
    CURL* easy = nullptr;
    curl_slist* headers = nullptr;
    std::string body;
    HttpHead head;
    std::size_t header_bytes = 0;
    bool head_given = false;
    bool was_sent = false;
    Nanos silence{0};
    Nanos last_byte{0};
    std::array<char, CURL_ERROR_SIZE> error{};
  };

  static int on_prereq(void* data, char*, char*, int, int);
  static std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* data);
  static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* data);
  static int on_socket(CURL*, curl_socket_t fd, int what, void* data, void*);
  static int on_timer(CURLM*, long milliseconds, void* data);

  CURLcode set_up(Transfer& transfer, const HttpRequest& request);
  void give_head(Transfer& transfer, Nanos at);
  void look(Nanos patience);
  void collect();
  void end_the_silent(Nanos now);
  void fail_transfer(Transfer& transfer, HttpTrouble trouble, std::string sentence);
  void drop(HttpId id);

  Clock& clock_;
  CURLM* multi_;
  Poller poller_;
  std::optional<Nanos> timer_;
  Nanos next_silence_look_{0};
  std::string no_proxy_ = no_proxy();
  HttpId next_id_ = 1;
  std::unordered_map<HttpId, std::unique_ptr<Transfer>> transfers_;
  std::vector<HttpEvent> events_;
};

HttpClient::Impl::Impl(Clock& clock) : clock_(clock) {
  initialise();
  multi_ = curl_multi_init();
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, 1024L);
}

HttpClient::Impl::~Impl() {
  while (!transfers_.empty()) drop(transfers_.begin()->first);
  curl_multi_cleanup(multi_);
}

int HttpClient::Impl::on_prereq(void* data, char*, char*, int, int) {
  auto& transfer = *static_cast<Transfer*>(data);
  const Nanos now = transfer.owner->clock_.now();
  transfer.was_sent = true;
  transfer.last_byte = now;
  transfer.owner->events_.push_back({transfer.id, HttpSent{now}});
  return CURL_PREREQFUNC_OK;
}

std::size_t HttpClient::Impl::on_header(char* bytes, std::size_t size, std::size_t count, void* data) {
  auto& transfer = *static_cast<Transfer*>(data);
  const std::size_t length = size * count;
  const std::string_view line(bytes, length);
  transfer.header_bytes += length;
  if (transfer.header_bytes > kMostHeaderBytes) return 0;
  if (line.starts_with("HTTP/")) {
    transfer.head = {};
    transfer.head.at = transfer.owner->clock_.now();
    return length;
  }
  const std::string_view bare = trim(line);
  if (bare.empty()) {
    long status = 0;
    curl_easy_getinfo(transfer.easy, CURLINFO_RESPONSE_CODE, &status);
    transfer.head.status = static_cast<int>(status);
    if (status >= 200 && !transfer.head_given) transfer.owner->give_head(transfer, transfer.head.at);
    return length;
  }
  if (const std::size_t colon = bare.find(':'); colon != std::string_view::npos)
    transfer.head.headers.push_back(
        {lower_ascii(trim(bare.substr(0, colon))), to_valid_utf8(trim(bare.substr(colon + 1)))});
  return length;
}

void HttpClient::Impl::give_head(Transfer& transfer, Nanos at) {
  transfer.head_given = true;
  transfer.last_byte = at;
  events_.push_back({transfer.id, std::move(transfer.head)});
}

std::size_t HttpClient::Impl::on_body(char* bytes, std::size_t size, std::size_t count, void* data) {
  auto& transfer = *static_cast<Transfer*>(data);
  // libcurl calls this right after its recv: nothing was parsed yet but the framing.
  const Nanos now = transfer.owner->clock_.now();
  transfer.last_byte = now;
  transfer.owner->events_.push_back({transfer.id, HttpBody{now, std::string(bytes, size * count)}});
  return size * count;
}

int HttpClient::Impl::on_socket(CURL*, curl_socket_t fd, int what, void* data, void*) {
  auto& self = *static_cast<Impl*>(data);
  if (what == CURL_POLL_REMOVE)
    self.poller_.forget(fd);
  else
    self.poller_.watch(fd, what != CURL_POLL_OUT, what != CURL_POLL_IN);
  return 0;
}

int HttpClient::Impl::on_timer(CURLM*, long milliseconds, void* data) {
  auto& self = *static_cast<Impl*>(data);
  if (milliseconds < 0)
    self.timer_.reset();
  else
    self.timer_ = self.clock_.now() + std::chrono::milliseconds{milliseconds};
  return 0;
}

CURLcode HttpClient::Impl::set_up(Transfer& transfer, const HttpRequest& request) {
  CURL* easy = transfer.easy;
  CURLcode first = CURLE_OK;
  const auto set = [&](CURLoption option, auto value) {
    const CURLcode code = curl_easy_setopt(easy, option, value);
    if (first == CURLE_OK) first = code;
  };
  set(CURLOPT_ERRORBUFFER, transfer.error.data());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));  // a stream has its connection alone
  set(CURLOPT_TCP_NODELAY, 1L);
  set(CURLOPT_NOPROXY, no_proxy_.c_str());
  set(CURLOPT_USERAGENT, "assay/" ASSAY_VERSION);
  set(CURLOPT_CONNECTTIMEOUT_MS,
      static_cast<long>(std::chrono::ceil<std::chrono::milliseconds>(request.limits.connect).count()));
  set(CURLOPT_TIMEOUT_MS,
      static_cast<long>(std::chrono::ceil<std::chrono::milliseconds>(request.limits.whole).count()));
  set(CURLOPT_PREREQFUNCTION, &on_prereq);
  set(CURLOPT_PREREQDATA, &transfer);
  set(CURLOPT_HEADERFUNCTION, &on_header);
  set(CURLOPT_HEADERDATA, &transfer);
  set(CURLOPT_WRITEFUNCTION, &on_body);
  set(CURLOPT_WRITEDATA, &transfer);
  set(CURLOPT_PRIVATE, &transfer);
  for (const char* name : {"CURL_CA_BUNDLE", "SSL_CERT_FILE"}) {
    if (const auto file = environment(name); file && !file->empty()) set(CURLOPT_CAINFO, file->c_str());
  }
  if (request.method != "GET") {
    set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(transfer.body.size()));
    set(CURLOPT_POSTFIELDS, transfer.body.c_str());
  }
  // "Expect: 100-continue" would put a round trip of the server's mood between sent and the prompt.
  transfer.headers = curl_slist_append(transfer.headers, "Expect:");
  for (const HttpHeader& header : request.headers)
    transfer.headers =
        curl_slist_append(transfer.headers, fmt::format("{}: {}", header.name, header.value).c_str());
  set(CURLOPT_HTTPHEADER, transfer.headers);
  return first;
}

HttpId HttpClient::Impl::start(HttpRequest request) {
  auto owned = std::make_unique<Transfer>();
  Transfer& transfer = *owned;
  transfer.owner = this;
  transfer.id = next_id_++;
  transfer.easy = curl_easy_init();
  transfer.body = std::move(request.body);
  transfer.silence = request.limits.silence;
  transfer.last_byte = clock_.now();
  const HttpId id = transfer.id;
  transfers_.emplace(id, std::move(owned));
  if (const CURLcode code = set_up(transfer, request); code != CURLE_OK) {
    fail_transfer(transfer, trouble_of(code, false), curl_words(code, transfer.easy, transfer.error.data()));
    return id;
  }
  curl_multi_add_handle(multi_, transfer.easy);
  look(Nanos{0});  // off it goes now, not when somebody waits
  return id;
}

void HttpClient::Impl::fail_transfer(Transfer& transfer, HttpTrouble trouble, std::string sentence) {
  const HttpId id = transfer.id;
  events_.push_back({id, HttpFailed{clock_.now(), trouble, std::move(sentence), transfer.was_sent}});
  drop(id);
}

void HttpClient::Impl::drop(HttpId id) {
  const auto at = transfers_.find(id);
  if (at == transfers_.end()) return;
  curl_multi_remove_handle(multi_, at->second->easy);
  curl_easy_cleanup(at->second->easy);
  curl_slist_free_all(at->second->headers);
  transfers_.erase(at);
}

void HttpClient::Impl::cancel(HttpId id) {
  drop(id);
  std::erase_if(events_, [&](const HttpEvent& event) { return event.id == id; });
}

/// One look at the sockets and the clock.
void HttpClient::Impl::look(Nanos patience) {
  int running = 0;
  for (const Poller::Ready& ready : poller_.wait(patience)) {
    const int mask = (ready.readable ? CURL_CSELECT_IN : 0) | (ready.writable ? CURL_CSELECT_OUT : 0) |
                     (ready.broken ? CURL_CSELECT_ERR : 0);
    curl_multi_socket_action(multi_, ready.fd, mask, &running);
  }
  if (timer_ && clock_.now() >= *timer_) {
    timer_.reset();
    curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
  }
  collect();
}

/// Takes the transfers that ended.
void HttpClient::Impl::collect() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    void* data = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &data);
    auto& transfer = *static_cast<Transfer*>(data);
    if (code != CURLE_OK) {
      fail_transfer(transfer, trouble_of(code, transfer.was_sent),
                    curl_words(code, transfer.easy, transfer.error.data()));
      continue;
    }
    events_.push_back({transfer.id, HttpDone{clock_.now()}});
    drop(transfer.id);
  }
}

void HttpClient::Impl::end_the_silent(Nanos now) {
  if (now < next_silence_look_) return;
  next_silence_look_ = now + kSilenceLook;
  std::vector<Transfer*> silent;
  for (const auto& [id, transfer] : transfers_) {
    if (transfer->silence.count() > 0 && now - transfer->last_byte > transfer->silence)
      silent.push_back(transfer.get());
  }
  for (Transfer* transfer : silent) {
    const double seconds = std::chrono::duration<double>(transfer->silence).count();
    fail_transfer(*transfer, HttpTrouble::timeout, fmt::format("nothing came for {:.4g} s", seconds));
  }
}

std::vector<HttpEvent> HttpClient::Impl::wait(Nanos until) {
  for (bool first = true; events_.empty(); first = false) {
    const Nanos now = clock_.now();
    if (now >= until && !first) break;
    Nanos wake = std::min(until, now + kNap);
    if (timer_) wake = std::min(wake, *timer_);
    if (transfers_.empty()) {
      clock_.sleep_until(until);
      break;
    }
    look(std::max(wake - now, Nanos{0}));
    end_the_silent(clock_.now());
  }
  return std::exchange(events_, {});
}

HttpClient::HttpClient(Clock& clock) : impl_(std::make_unique<Impl>(clock)) {}
HttpClient::~HttpClient() = default;

HttpId HttpClient::start(HttpRequest request) {
  return impl_->start(std::move(request));
}

std::vector<HttpEvent> HttpClient::wait(Nanos until) {
  return impl_->wait(until);
}

void HttpClient::cancel(HttpId id) {
  impl_->cancel(id);
}

std::size_t HttpClient::in_flight() const {
  return impl_->in_flight();
}

tl::expected<HttpReply, HttpFailed> HttpClient::fetch(HttpRequest request, std::size_t most) {
  const HttpId id = impl_->start(std::move(request));
  HttpReply reply;
  std::vector<HttpEvent> others;
  std::optional<HttpFailed> failure;
  bool done = false;
  while (!done && !failure) {
    for (HttpEvent& event : impl_->wait(impl_->clock().now() + std::chrono::seconds{1})) {
      if (event.id != id) {
        others.push_back(std::move(event));
      } else if (const auto* sent = std::get_if<HttpSent>(&event.what)) {
        reply.sent = sent->at;
      } else if (auto* head = std::get_if<HttpHead>(&event.what)) {
        reply.status = head->status;
        reply.first_byte = head->at;
        reply.headers = std::move(head->headers);
      } else if (const auto* body = std::get_if<HttpBody>(&event.what)) {
        reply.body += body->bytes;
        if (reply.body.size() <= most || failure) continue;
        impl_->cancel(id);
        failure = HttpFailed{body->at, HttpTrouble::broken,
                             fmt::format("the answer is longer than {} bytes", most), true};
      } else if (auto* failed = std::get_if<HttpFailed>(&event.what)) {
        failure = std::move(*failed);
      } else {
        done = true;
      }
    }
  }
  impl_->put_back(std::move(others));
  if (failure) return tl::unexpected(*std::move(failure));
  return reply;
}

}  // namespace assay
