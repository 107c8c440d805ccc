#include "base/http_trouble.h"

#include <cstring>

#include "base/text.h"

namespace assay {

HttpTrouble trouble_of(CURLcode code, bool was_sent) {
  switch (code) {
    case CURLE_URL_MALFORMAT: return HttpTrouble::bad_url;
    case CURLE_UNSUPPORTED_PROTOCOL:  // also said of an answer that is no HTTP
      return was_sent ? HttpTrouble::broken : HttpTrouble::bad_url;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY: return HttpTrouble::resolve;
    case CURLE_COULDNT_CONNECT: return HttpTrouble::connect;
    case CURLE_OPERATION_TIMEDOUT: return was_sent ? HttpTrouble::timeout : HttpTrouble::connect;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR: return HttpTrouble::tls;
    default: return HttpTrouble::broken;
  }
}

std::string curl_words(CURLcode code, CURL* easy, const char* detail) {
  long reason = 0;
  if (code == CURLE_COULDNT_CONNECT && curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &reason) == CURLE_OK &&
      reason != 0)
    return lower_ascii(std::strerror(static_cast<int>(reason)));
  if (code == CURLE_GOT_NOTHING) return "the connection was closed without an answer";
  if (code == CURLE_PARTIAL_FILE) return "the answer ended before the length that was announced";
  if (code == CURLE_RECV_ERROR) return "the connection broke off in the middle of the answer";
  std::string words = detail[0] != '\0' ? detail : curl_easy_strerror(code);
  while (!words.empty() && (words.back() == '.' || words.back() == '\n')) words.pop_back();
  return to_valid_utf8(words);
}

}  // namespace assay
