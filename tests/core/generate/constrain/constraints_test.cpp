#include "generate/constrain/constraints.h"

#include <doctest/doctest.h>

using namespace terpsi;
using namespace terpsi::generate;

TEST_CASE("constraints: body parts make up the body once") {
  JointSet all = 0;
  for (const char* name : {"root", "legs", "torso", "head", "left_arm", "right_arm"}) {
    const BodyPart* part = find_body_part(name);
    REQUIRE(part != nullptr);
    CHECK((all & part->joints) == 0);
    all |= part->joints;
  }
  CHECK(all == (1u << motion::kJoints) - 1);
  CHECK(all == find_body_part("whole")->joints);
  CHECK((find_body_part("upper")->joints | find_body_part("lower")->joints) == all);
  CHECK((find_body_part("left_arm")->joints | find_body_part("right_arm")->joints) ==
        find_body_part("arms")->joints);
  CHECK(find_body_part("arm") == nullptr);
  CHECK(find_body_part("") == nullptr);
  CHECK(body_parts().size() == 10);
}
