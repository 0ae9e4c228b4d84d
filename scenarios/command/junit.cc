#include "orrery/scenarios/command/junit.h"

#include <algorithm>
#include <string_view>

namespace orrery::scenarios::command {
namespace {

// XML 1.0 has no way to write most control characters, and no reader takes what is no UTF-8.
std::string escaped(std::string_view text) {
    std::string xml;
    for (const char each : text) {
        const auto byte = static_cast<unsigned char>(each);
        if (each == '&')
            xml += "&amp;";
        else if (each == '<')
            xml += "&lt;";
        else if (each == '>')
            xml += "&gt;";
        else if (each == '"')
            xml += "&quot;";
        else if (each == '\n')
            xml += "&#10;";
        else
            xml += byte >= 0x20 && byte < 0x7f ? each : '?';
    }
    return xml;
}

std::string case_xml(const JunitCase& each) {
    const std::string head =
        "    <testcase classname=\"" + escaped(each.suite) + "\" name=\"" + escaped(each.name) + "\"";
    if (each.outcome == JunitCase::Outcome::passed) return head + "/>\n";
    const std::string tag = each.outcome == JunitCase::Outcome::failed ? "failure" : "error";
    return head + ">\n      <" + tag + " message=\"" + escaped(each.message) + "\">" + escaped(each.text) + "</" + tag +
           ">\n    </testcase>\n";
}

std::string suite_xml(const std::string& name, const std::vector<JunitCase>& cases) {
    std::string body;
    std::size_t tests = 0;
    std::size_t failures = 0;
    std::size_t errors = 0;
    for (const JunitCase& each : cases) {
        if (each.suite != name) continue;
        ++tests;
        failures += each.outcome == JunitCase::Outcome::failed;
        errors += each.outcome == JunitCase::Outcome::unknown;
        body += case_xml(each);
    }
    return "  <testsuite name=\"" + escaped(name) + "\" tests=\"" + std::to_string(tests) + "\" failures=\"" +
           std::to_string(failures) + "\" errors=\"" + std::to_string(errors) + "\">\n" + body + "  </testsuite>\n";
}

} // namespace

std::string junit_xml(const std::vector<JunitCase>& cases) {
    std::vector<std::string> suites;
    std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"orrery\">\n";
    for (const JunitCase& each : cases) {
        if (std::find(suites.begin(), suites.end(), each.suite) != suites.end()) continue;
        suites.push_back(each.suite);
        xml += suite_xml(each.suite, cases);
    }
    return xml + "</testsuites>\n";
}

} // namespace orrery::scenarios::command
