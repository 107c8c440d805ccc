// What a code of libcurl means to us and to a person.
#pragma once

#include <string>

#include <curl/curl.h>

#include "base/http.h"

namespace assay {

/// `was_sent`: the request had left when it happened.
HttpTrouble trouble_of(CURLcode code, bool was_sent);

/// What happened in words for a person, without a full stop. `detail`: of the transfer's error buffer.
std::string curl_words(CURLcode code, CURL* easy, const char* detail);

}  // namespace assay
