// Orrery's own executable: the command line for the scenarios of this tree.
#include "orrery/scenarios/catalogue.h"

int main(int argc, char** argv) { return orrery::main(argc, argv, orrery::scenarios::catalogue()); }
