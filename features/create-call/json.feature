Feature: JSON that every reader understands alike
  What Graph sends is JSON as RFC 8259 has it: one value, in UTF-8, without a byte order mark. It also avoids what readers of JSON are
  known to take differently: a name that occurs twice in an object, very large numbers, and halves of surrogate pairs.

  @CC-54 @rings
  Scenario: The answer can be read
    When the bot sends the request of example 1
    Then Graph answers in JSON

  @CC-54 @makes-no-call
  Scenario Outline: A refusal can be read: a request <at fault>
    When the bot sends the request of example 1 <at fault>
    Then Graph answers in JSON

    Examples:
      | at fault            |
      | without a token     |
      | without mediaConfig |

  @CC-54 @rings
  Scenario: The notifications of a call can be read
    When the bot sends the request of example 1
    Then every notification to the bot is in order

  @CC-54 @joins
  Scenario: The notifications of a meeting can be read
    When the bot sends the request of example 3
    Then every notification to the bot is in order

  @CC-54b @rings @needs:person-answers
  Scenario: Every reader takes a call to a person alike
    Given John answers when called
    When the bot sends the request of example 1
    Then the bot is notified:
      | of   | change  | state        |
      | call | updated | establishing |
      | call | updated | established  |
    And Graph says the same to every reader

  @CC-54b @joins
  Scenario: Every reader takes a meeting alike
    Given the bot is in the scheduled meeting
    When the bot asks for its call
    Then Graph says the same to every reader

  @CC-54b @makes-no-call
  Scenario Outline: Every reader takes a refusal alike: a request <at fault>
    When the bot sends the request of example 1 <at fault>
    Then Graph says the same to every reader

    Examples:
      | at fault            |
      | without a token     |
      | without mediaConfig |

  @CC-54b @makes-no-call @needs:app-sets
  Scenario: Every reader takes the refusal of an application without a permission alike
    Given the bot is granted no permission
    When the bot sends the request of example 1
    Then Graph says the same to every reader

  @CC-54b @rings @needs:person-answers
  Scenario: Every reader takes the end of a call alike
    Given the bot is in a call with John
    When the bot hangs up
    Then the notification that the call is terminated has:
      | property   | value     |
      | changeType | "deleted" |
    And the call is gone
    And Graph says the same to every reader

  @CC-54b @joins
  Scenario: Every reader takes an operation alike
    Given the bot is in the scheduled meeting
    When the bot mutes itself
    Then the roster shows the bot with:
      | property | value |
      | isMuted  | yes   |
    And Graph says the same to every reader
