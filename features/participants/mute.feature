Feature: Muting the bot
  A bot can mute itself in a meeting. Everybody in the meeting sees it on the roster.

  @MU-01 @joins
  Scenario: The roster shows a bot that muted itself as muted
    Given the bot is in the scheduled meeting
    When the bot mutes itself
    Then Graph completes the operation
    And the roster shows the bot with:
      | property | value |
      | isMuted  | yes   |

  @MU-01 @joins @needs:second-participant @needs:app-sets @makes-calls:2
  Scenario: A bot that mutes itself mutes no other participant
    Given John is unmuted in the scheduled meeting
    And another bot is in the scheduled meeting
    And the bot is in the scheduled meeting
    When the bot mutes itself
    Then the roster shows the bot with:
      | property | value |
      | isMuted  | yes   |
    And the roster shows John with:
      | property | value |
      | isMuted  | no    |
    And the roster shows another bot with:
      | property | value |
      | isMuted  | no    |

  @MU-02 @rings @needs:person-answers
  Scenario: A bot in a call with a person cannot mute itself
    Given the bot is in a call with John
    When the bot mutes itself
    Then Graph refuses with 400 "8548"
    And Graph gives the bot its latest call, established
