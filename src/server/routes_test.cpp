// The table of routes against the document, and the reading of queries.
#include "server/routes.h"

#include <set>

#include <gtest/gtest.h>

#include "base/text.h"

namespace assay::server {
namespace {

TEST(Routes, EachIsInTheDocumentAndTheOtherWayRound) {
  const auto document = parse_json(openapi_text());
  ASSERT_TRUE(document);
  std::set<std::string> described;
  for (const auto& [path, methods] : document->at("paths").items()) {
    for (const auto& [method, operation] : methods.items()) described.insert(method + " " + path);
  }
  std::set<std::string> served;
  for (const Route& route : routes())
    served.insert(lower_ascii(route.method) + " " + std::string(route.pattern));
  EXPECT_EQ(described, served);
}

TEST(Routes, PartsOfAPathAreFound) {
  const Found found = find_route("GET", "/api/runs/abc/samples/7");
  ASSERT_NE(found.route, nullptr);
  EXPECT_EQ(found.route->pattern, "/api/runs/{id}/samples/{sequence}");
  EXPECT_EQ(found.parts, (std::vector<std::string>{"abc", "7"}));
}

TEST(Routes, OldClientsFindTheirsOnlyWhereItIsOn) {
  EXPECT_EQ(find_route("POST", kBenchyPath).route, nullptr);
  EXPECT_FALSE(find_route("GET", kBenchyPath).other_method);
  ASSERT_NE(find_route("POST", kBenchyPath, true).route, nullptr);
  EXPECT_TRUE(find_route("GET", kBenchyPath, true).other_method);
  for (const char* path :
       {"/iso-speed-bench/", "/iso-speed-benc", "/api/iso-speed-bench", "/ISO-SPEED-BENCH"})
    EXPECT_EQ(find_route("POST", path, true).route, nullptr) << path;
}

TEST(Routes, OneRouteNeedsNoToken) {
  for (const Route& route : routes()) EXPECT_EQ(route.old_clients, route.pattern == kBenchyPath);
}

TEST(BenchyRoute, TypesOfYamlAreTakenAndNoOthers) {
  for (const char* type : {"application/yaml", "application/yaml; charset=utf-8", "APPLICATION/YAML",
                           "application/x-yaml ;a=b", " text/yaml\t", "text/yaml;"})
    EXPECT_TRUE(is_yaml_type(type)) << type;
  for (const char* type : {"", ";", "yaml", "text/plain", "application/json", "application/yaml2",
                           "application/x-www-form-urlencoded", "text/plain; application/yaml",
                           "text/plain, application/yaml", "application/yaml, text/plain",
                           "multipart/form-data; boundary=application/yaml", "application / yaml"})
    EXPECT_FALSE(is_yaml_type(type)) << type;
}

TEST(BenchyRoute, AFaultIsTheInputsUnlessItIsOurs) {
  const auto status = [](Code code, const std::string& file) {
    return status_of_faults({{.code = code,
                              .where = {.file = file, .line = 0, .column = 0},
                              .found = {},
                              .expected = {},
                              .remedy = {}}},
                            "lab.db");
  };
  for (const Code code : {Code::bad_input, Code::not_found, Code::permission, Code::unavailable,
                          Code::unsupported, Code::io, Code::engine, Code::out_of_memory, Code::timeout})
    EXPECT_EQ(status(code, "model.gguf"), 400) << name_of(code);
  EXPECT_EQ(status(Code::conflict, ""), 409);
  EXPECT_EQ(status(Code::internal, ""), 500);
  for (const Code code : {Code::io, Code::permission, Code::conflict})
    EXPECT_EQ(status(code, "lab.db"), 500) << name_of(code);
}

TEST(Routes, NearMissesAreNone) {
  for (const char* path : {"", "/", "/api", "/api/", "/api/runs/", "/api/runs//wall", "/api/runs/a/wall/",
                           "/api/runs/a/b", "/apiruns", "api/runs", "//api/runs"}) {
    const Found found = find_route("GET", path);
    EXPECT_EQ(found.route, nullptr) << path;
    EXPECT_FALSE(found.other_method) << path;
  }
  EXPECT_TRUE(find_route("DELETE", "/api/runs").other_method);
  EXPECT_TRUE(find_route("POST", "/api/about").other_method);
}

Asked with(const std::multimap<std::string, std::string>& params) {
  Asked asked;
  asked.params = params;
  return asked;
}

TEST(Queries, NumbersAreWholeAndInRange) {
  const auto number = [](const std::string& text) {
    const Asked asked = with({{"n", text}});
    Query query(asked);
    const auto value = query.number("n", 1, 100);
    return query.error() ? sentence(*query.error()) : std::to_string(*value);
  };
  EXPECT_EQ(number("1"), "1");
  EXPECT_EQ(number("100"), "100");
  for (const char* wrong : {"0", "101", "-1", "+1", "1.0", "1e1", " 1", "", "0x1", "99999999999999999999"})
    EXPECT_EQ(number(wrong),
              "the parameter 'n' is '" + std::string(wrong) + "'; expected a whole number from 1 to 100");
}

TEST(Queries, TheFirstMistakeIsKept) {
  const Asked asked = with({{"a", "x"}, {"b", "y"}, {"c", "good"}});
  Query query(asked);
  EXPECT_FALSE(query.number("a", 0, 9));
  EXPECT_FALSE(query.one_of("b", {"good"}));
  EXPECT_FALSE(query.one_of("c", {"good"}));  // after a mistake all is absent
  ASSERT_TRUE(query.error());
  EXPECT_NE(query.error()->found.find("'a'"), std::string::npos);
}

TEST(Queries, TextIsUtf8OnceAndNotTooLong) {
  for (const auto& params : {std::multimap<std::string, std::string>{{"q", "a"}, {"q", "b"}},
                             {{"q", "\xff"}},
                             {{"q", std::string("a\0b", 3)}},
                             {{"q", "toolong"}}}) {
    const Asked asked = with(params);
    Query query(asked);
    EXPECT_FALSE(query.text("q", 5));
    EXPECT_TRUE(query.error());
  }
}

}  // namespace
}  // namespace assay::server
