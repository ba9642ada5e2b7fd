Feature: A bot that fails as a receiver disturbs no call
  No public source says what Graph does when a bot answers with an error, late or not at all. The simulator assumes that the call
  goes on, and so do the calls of other bots.

  @CC-52 @rings @needs:person-answers
  Scenario Outline: The call goes on when the bot answers with <status>
    Given the bot answers notifications with <status>
    And John answers when called
    When the bot sends the request of example 1
    Then the bot is notified:
      | of   | change  | state        |
      | call | updated | establishing |
      | call | updated | established  |
    And nothing else is notified
    And Graph gives the bot its latest call, established

    Examples:
      | status |
      | 200    |
      | 202    |
      | 204    |
      | 400    |
      | 404    |
      | 500    |
      | 503    |

  @CC-52 @rings @needs:person-answers
  Scenario: The call goes on when the bot takes its time to answer
    Given the bot answers notifications after 5 s
    And John answers when called
    When the bot sends the request of example 1
    Then the bot is notified:
      | of   | change  | state        |
      | call | updated | establishing |
      | call | updated | established  |
    And nothing else is notified
    And Graph gives the bot its latest call, established

  @CC-52 @rings @needs:person-answers
  Scenario: The call goes on when the bot never answers
    Given the bot never answers notifications
    And John answers when called
    When the bot sends the request of example 1
    Then the bot is notified:
      | of   | change  | state        |
      | call | updated | establishing |
      | call | updated | established  |
    And nothing else is notified
    And Graph gives the bot its latest call, established

  @CC-52 @rings
  Scenario: The call goes on when the bot cannot be reached
    Given the bot cannot be reached
    When the bot sends the request of example 1
    Then nothing is notified
    And Graph gives the bot its latest call, establishing

  @CC-52 @joins @needs:second-participant @needs:app-sets @makes-calls:2
  Scenario Outline: Another bot's call is not disturbed when <the bot fails>
    Given John is in the scheduled meeting
    And another bot is in the scheduled meeting
    And <the bot fails>
    When the bot joins the scheduled meeting
    Then Graph creates the call
    And the other bot sees another bot, John and the bot within 5 s

    Examples:
      | the bot fails                           |
      | the bot answers notifications with 500  |
      | the bot never answers notifications     |
      | the bot cannot be reached               |
